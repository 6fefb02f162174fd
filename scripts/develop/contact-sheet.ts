/**
 * Draws docs/contact-sheet.jpg for the README: garments that `synthesize` drew, as a training sees them, with the answers of the
 * classifier that was trained on them. `npm run contact-sheet`; it takes some minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import {
  type Classifier,
  drawAugmentations,
  type Manifest,
  predict,
  prepare,
  resolveSample,
  rowsOf,
  samplesOf,
  synthesize,
  train,
} from '../../src/index.js';

const task = 'collar_design_labels';
const drawing = { tasks: [task], imagesPerTask: 300, questionsPerTask: 1, size: 256, seed: 1 };
const training = { epochs: 8, batchSize: 16, seed: 1, model: { size: 128 } };
const augmentation = { rotation: 12, area: [0.6, 1] as [number, number], erase: 0.25, hue: 0.03 };
const rows = 5;
const views = 6;
/** Pixels of the README's picture. */
const width = 1200;

const out = path.join(import.meta.dirname, '../../docs/contact-sheet.jpg');
const folder = await mkdtemp(path.join(tmpdir(), 'contact-sheet-'));
try {
  const photos = path.join(folder, 'photos');
  await synthesize(photos, drawing);
  const prepared = { out: path.join(folder, 'data'), seed: 1, validationFraction: 0.2 };
  const { manifest } = await prepare(photos, prepared);
  const run = path.join(folder, 'run');
  const { classifier } = await train({
    manifest,
    task,
    run,
    ...training,
    augmentation: { area: [0.6, 1] },
    onEpoch: ({ epoch, loss, validationAccuracy }) => console.log(epoch, loss, validationAccuracy),
  });
  const sheet = path.join(folder, 'sheet.png');
  await drawAugmentations(
    {
      title: 'Validation images, the classifier’s answers, and what training would see of them',
      images: await answered(manifest, classifier),
      epochs: views,
      preprocessing: classifier.preprocessing,
      augmentation,
      seed: 1,
    },
    sheet,
  );
  await sharp(sheet).resize({ width }).jpeg({ quality: 82, mozjpeg: true }).toFile(out);
} finally {
  await rm(folder, { recursive: true });
}

/** The first validation image of each class, with its truth and the answer. */
async function answered(manifest: Manifest, classifier: Classifier) {
  const samples = samplesOf(manifest, task, 'validation');
  const chosen = classifier.classes
    .flatMap((_, label) => samples.find((sample) => sample.label === label) ?? [])
    .slice(0, rows)
    .map((sample) => ({ ...resolveSample(manifest, sample), label: sample.label }));
  const prediction = await predict({ classifier, files: chosen });
  return rowsOf(prediction).map((row, index) => {
    const { label, ...image } = chosen[index] as (typeof chosen)[number];
    const top = row.indexOf(Math.max(...row));
    const answer = `${classifier.classes[top]} ${(100 * (row[top] as number)).toFixed(0)} %`;
    return { ...image, caption: `${classifier.classes[label]}   –   predicted: ${answer}` };
  });
}
