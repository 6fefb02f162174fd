/** Exported networks in other programs: TensorFlow in Python and ONNX Runtime compute what Bobbin does. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ExportFormat } from '../../src/export/format.js';
import { savedmodel } from '../../src/export/savedmodel/index.js';
import { type BuiltClassifier, forwardOf, headsOf } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { imported, levelsFor, ofLayers } from './classifiers.js';
import { computedByPython, missingPackages } from './python/python.js';

const images = 5;
const tolerance = 1e-4;

/** Bobbin's own probabilities, [images, columns], of levels. */
const ownAnswers = (classifier: BuiltClassifier, levels: tf.Tensor): number[][] =>
  tf.tidy(() => {
    const { channels, mean, std } = classifier.preprocessing;
    const ordered = channels === 'bgr' ? levels.reverse(3) : levels;
    return forwardOf(classifier)(ordered.sub(mean).div(std), 1).arraySync();
  });

/** Writes an export and its images; gives Bobbin's answers. */
async function exported(classifier: BuiltClassifier, folder: string, format: ExportFormat) {
  mkdirSync(folder);
  await format.write(classifier, folder, { quantize: undefined });
  const levels = levelsFor(classifier, images);
  writeFileSync(path.join(folder, 'levels.bin'), levels.dataSync());
  const rows = ownAnswers(classifier, levels);
  levels.dispose();
  return { folder, rows, heads: headsOf(classifier) };
}

const skip = missingPackages();

test('when classifiers are exported, then other programs give their probabilities and classes for batches of any length', {
  skip,
}, async () => {
  const folder = temporaryFolder();
  const classifiers = {
    layers: ofLayers(),
    transformer: await imported('onnx/fixtures/vit.onnx', folder),
    convolutions: await imported('onnx/fixtures/kept.onnx', folder),
    keras: await imported('keras/fixtures/all_layers.keras', folder),
  };
  const made = [];
  for (const format of [savedmodel]) {
    for (const [name, classifier] of Object.entries(classifiers)) {
      const place = path.join(folder, `${format.name}-${name}`);
      made.push({ name: place, ...(await exported(classifier, place, format)) });
    }
  }
  const computed = computedByPython(made.map((each) => each.folder));
  for (const [i, { name, heads, rows }] of made.entries()) {
    const answers = computed[i] ?? {};
    for (const { task, classes, from, to } of heads) {
      const output = heads.length === 1 ? 'probabilities' : task;
      const answer = answers[output];
      assert.deepEqual(answer?.classes, classes, `${name}: ${output}`);
      const wanted = tf.tensor2d(rows.map((row) => row.slice(from, to)));
      const spread = wanted.max(0).sub(wanted.min(0)).max().dataSync()[0] as number;
      assert.ok(spread > 10 * tolerance, `${name}: the images have the same ${output}`);
      const difference = wanted
        .sub(answer?.probabilities ?? [])
        .abs()
        .max()
        .dataSync()[0];
      assert.ok((difference as number) < tolerance, `${name}: ${output} differs by ${difference}`);
    }
  }
});
