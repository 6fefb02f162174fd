/** Exported networks in other programs: TensorFlow in Python and ONNX Runtime compute what Bobbin does. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { descriptionOf } from '../../src/export/description.js';
import type { ExportFormat } from '../../src/export/format.js';
import { onnx, writeOnnx } from '../../src/export/onnx/index.js';
import { savedmodel } from '../../src/export/savedmodel/index.js';
import { answersOf, compared, verificationImages } from '../../src/export/verification.js';
import { type BuiltClassifier, headsOf } from '../../src/model/index.js';
import { classify } from '../../src/prediction/index.js';
import { programsOf } from '../package/programs.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { type Asked, differencesInPython, tolerance, withImages } from './answers.js';
import { imported, ofKerasLayers, ofLayers } from './classifiers.js';
import { missingPackages, printedByPython } from './python/python.js';

/** Writes an export and its images; gives Bobbin's answers. */
async function exported(
  classifier: BuiltClassifier,
  folder: string,
  format: ExportFormat,
): Promise<Asked> {
  mkdirSync(folder);
  await format.write(classifier, folder, { quantize: undefined });
  return withImages(folder, classifier);
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
    last: await imported('onnx/fixtures/channels-last.onnx', folder),
    keras: ofKerasLayers(),
    activations: await imported('keras/fixtures/activations.h5', folder),
    shapes: await imported('keras/fixtures/shapes.h5', folder),
  };
  const made: Asked[] = [];
  for (const [name, classifier] of Object.entries(classifiers)) {
    for (const format of [savedmodel, onnx]) {
      made.push(await exported(classifier, path.join(folder, `${format.name}-${name}`), format));
    }
  }
  for (const [index, difference] of differencesInPython(made).entries()) {
    assert.ok(difference < tolerance, `${made[index]?.folder}: ${difference}`);
  }
});

test('when a photo is classified by the programs of docs/export.md, then they give the answers of Bobbin', {
  skip,
}, async () => {
  const folder = temporaryFolder();
  const classifier = ofLayers();
  const rows = [0, 1, 2].map((channel) => 60 + 50 * channel);
  const photo = path.join(folder, 'photo.png');
  const pixels = Buffer.from(
    Array.from({ length: 60 * 44 * 3 }, (_, i) => (rows[i % 3] ?? 0) + (i % 97)),
  );
  await sharp(pixels, { raw: { width: 60, height: 44, channels: 3 } })
    .png()
    .toFile(photo);
  await exported(classifier, path.join(folder, 'saved'), savedmodel);
  await exported(classifier, path.join(folder, 'onnx'), onnx);
  const description = JSON.stringify(descriptionOf(classifier));
  const [module = '', ...programs] = programsOf('docs/export.md', 'python');
  await writeFiles(folder, {
    'saved/classifier.json': description,
    'onnx/classifier.json': description,
    'pixels.py': module,
    'both.py': programs.join('\n').replaceAll('photo.jpg', 'photo.png'),
  });
  const lines = printedByPython(['both.py'], folder).trim().split('\n');
  const { probabilities } = await classify({ classifier, files: [photo] });
  const wanted = headsOf(classifier).map(({ task, classes, from, to }) => {
    const row = probabilities.subarray(from, to);
    const best = row.indexOf(Math.max(...row));
    return { text: `${task} ${classes[best]}`, probability: row[best] as number };
  });
  assert.equal(lines.length, 2 * wanted.length, lines.join('\n'));
  for (const { text, probability } of wanted) {
    const found = lines.filter((line) => line.startsWith(`${text} `));
    assert.equal(found.length, 2, `${text} in ${lines.join('\n')}`);
    for (const line of found) {
      assert.ok(
        Math.abs(Number(line.split(' ').at(-1)) - probability) < 0.005,
        `${line}; ${probability}`,
      );
    }
  }
});

test('when tasks are not in the order of their names, then an export is compared in the order of the tasks', async () => {
  const folder = temporaryFolder();
  const classifier = ofLayers();
  await exported(classifier, path.join(folder, 'saved'), savedmodel);
  const description = { 'saved/classifier.json': JSON.stringify(descriptionOf(classifier)) };
  await writeFiles(folder, description);
  const images = verificationImages(classifier.preprocessing);
  const own = await answersOf(classifier, images);
  const computed = await savedmodel.compute(path.join(folder, 'saved'), images);
  const request = { bound: tolerance, format: savedmodel.name };
  assert.ok(compared(computed, own, request).difference < tolerance);
});

test('when weights are too long for an ONNX file, then they lie beside it', async () => {
  const folder = temporaryFolder();
  const classifier = ofLayers();
  await writeOnnx(classifier, folder, 1000);
  assert.ok(statSync(path.join(folder, 'model.onnx.data')).size > 1000);
  const images = verificationImages(classifier.preprocessing);
  const { probabilities } = await onnx.compute(folder, images);
  const own = await answersOf(classifier, images);
  const computed = { probabilities, by: 'the importer' };
  assert.ok(compared(computed, own, { bound: tolerance, format: 'onnx' }).difference < tolerance);
});

test('when a layer cannot be expressed in ONNX, then the error names it and the way out', async () => {
  const folder = temporaryFolder();
  const classifier = await imported('keras/fixtures/all_layers.keras', folder);
  const write = onnx.write(classifier, folder, { quantize: undefined });
  await assert.rejects(
    write,
    /the layer conv2d_transpose of an ONNX export but received "Conv2DTranspose". Export it to savedmodel/,
  );
});
