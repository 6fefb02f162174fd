/** Saved models that are damaged, foreign or without sense: each is refused in words, with its file. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { sha256 } from '../../src/disk/sha256.js';
import { createModel, loadClassifier, saveClassifier } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { runBobbin } from '../support/run-bobbin.js';

const folder = temporaryFolder();
const file = path.join(folder, 'model.json');
let weightsFile: string;
let text: string;
// biome-ignore lint/suspicious/noExplicitAny: the tests change what the types forbid.
let json: any;

before(async () => {
  const classifier = await createModel({
    network: 'mobilenet-v2',
    classes: ['shirt', 'skirt'],
    pretrained: false,
    size: 32,
    trainable: 'head',
    seed: 1,
  });
  await saveClassifier(classifier, folder);
  text = await readFile(file, 'utf8');
  json = JSON.parse(text);
  weightsFile = path.join(folder, json.weightsManifest[0].paths[0]);
});

/** Writes the model as an earlier version did: without a seal, and with 16 digits of the weights' hash in the name alone. */
async function writeUnsealed(change: (copy: typeof json) => void): Promise<void> {
  const { sha256: _, ...copy } = structuredClone(json);
  delete copy.weightsManifest[0].sha256;
  change(copy);
  await writeFile(file, JSON.stringify(copy));
}

const refusal = (message: RegExp) => ({ name: 'InvalidInputError', message });

test('when a model is saved, then tfjs alone loads it', async () => {
  const input = tf.randomUniform([1, 32, 32, 3], -1, 1, 'float32', 1);
  const models = [await tf.loadLayersModel(`file://${file}`), (await loadClassifier(folder)).model];
  const [one, other] = models.map((model) => (model.predict(input) as tf.Tensor).arraySync());
  assert.deepEqual(one, other);
});

test('when a byte of the model or of its weights changes, then the file and the way out are named', async () => {
  await writeFile(file, text.replace('"skirt"', '"shirt"'));
  await assert.rejects(
    loadClassifier(folder),
    refusal(/the content that Bobbin wrote for .*model\.json .*\. Save the model again/),
  );
  await writeFile(file, text.slice(0, 500));
  await assert.rejects(
    loadClassifier(folder),
    refusal(/Expected JSON for .*model\.json:1:496 .*end of string\. Save the model again/),
  );
  const weights = await readFile(weightsFile);
  const changed = Buffer.from(weights);
  changed[1001] = (changed[1001] as number) ^ 1;
  await writeFile(weightsFile, changed);
  for (const write of [() => writeFile(file, text), () => writeUnsealed(() => {})]) {
    await write();
    await assert.rejects(
      loadClassifier(folder),
      refusal(
        /the content that Bobbin wrote for .*weights-[0-9a-f]{16}\.bin but .*Save the model again/,
      ),
    );
  }
  await writeFile(weightsFile, weights);
  await loadClassifier(folder);
});

test('when an earlier version wrote a model, then it is loaded', async () => {
  await writeUnsealed(() => {});
  assert.deepEqual((await loadClassifier(folder)).classes, ['shirt', 'skirt']);
});

const layersOf = (copy: typeof json) => copy.modelTopology.config.layers;

const graphs: [string, (copy: typeof json) => void, RegExp][] = [
  [
    'has a layer whose name no other layer uses',
    (copy) => {
      layersOf(copy)[3].name = 'elsewhere';
      layersOf(copy)[3].config.name = 'elsewhere';
    },
    /the name of a layer/,
  ],
  [
    'has another name in the config of a layer',
    (copy) => {
      layersOf(copy)[3].config.name = 'elsewhere';
    },
    /the name in the config of layer/,
  ],
  [
    'has two layers of one name',
    (copy) => {
      layersOf(copy)[3].name = layersOf(copy)[4].name;
      layersOf(copy)[3].config.name = layersOf(copy)[4].name;
    },
    /a name of its own/,
  ],
  [
    'has two layers that are inputs of each other',
    (copy) => {
      layersOf(copy)[3].inbound_nodes[0][0][0] = layersOf(copy)[4].name;
    },
    /layers whose inputs come before them/,
  ],
  [
    'uses a call that no layer makes',
    (copy) => {
      layersOf(copy)[3].inbound_nodes[0][0][1] = 1;
    },
    /layers whose inputs come before them/,
  ],
  [
    'has an input that is no list',
    (copy) => {
      layersOf(copy)[3].inbound_nodes[0][0] = null;
    },
    /lists of inputs/,
  ],
  [
    'lacks its layers',
    (copy) => {
      delete copy.modelTopology.config.layers;
    },
    /model\.json/,
  ],
  [
    'lacks its topology',
    (copy) => {
      delete copy.modelTopology;
    },
    /model\.json/,
  ],
];
for (const [what, change, message] of graphs) {
  test(`when a model ${what}, then it is refused with its file`, async () => {
    await writeUnsealed(change);
    const { name, message: words } = await loadClassifier(folder).catch((error) => error);
    assert.equal(name, 'InvalidInputError');
    assert.match(words, message);
    assert.match(words, /model\.json/);
    assert.doesNotMatch(words, /properties of/);
    // The program of a user who calls tfjs itself must not hang either.
    await assert.rejects(tf.loadLayersModel(`file://${file}`));
  });
}

const contents: [string, (copy: typeof json) => void, RegExp][] = [
  ['weights without a shape', (copy) => delete copy.weightsManifest[0].weights[0].shape, /a shape/],
  ['a group without paths', (copy) => delete copy.weightsManifest[0].paths, /paths and weights/],
  ['a class too many', (copy) => copy.userDefinedMetadata.classes.push('shoe'), /\[null,3\]/],
  [
    'a crop of another size',
    (copy) => Object.assign(copy.userDefinedMetadata.preprocessing, { crop: 64, resize: 64 }),
    /\[null,64,64,3\]/,
  ],
  [
    'a mean that is no list',
    (copy) => Object.assign(copy.userDefinedMetadata.preprocessing, { mean: 1 }),
    /three numbers for .*model\.json: preprocessing\.mean/,
  ],
  ['another weights file', (copy) => copy.weightsManifest[0].paths.push('gone.bin'), /gone\.bin/],
];
for (const [what, change, message] of contents) {
  test(`when a model has ${what}, then it is refused with its file`, async () => {
    await writeUnsealed(change);
    await assert.rejects(loadClassifier(folder), refusal(message));
  });
}

test('when weights are not finite, then the layer is named, also where their hash is right', async () => {
  const weights = await readFile(weightsFile);
  const specs: tf.io.WeightsManifestEntry[] = json.weightsManifest[0].weights;
  const sizes = specs.map(({ shape }) => tf.util.sizeFromShape(shape));
  const stem = specs.findIndex((spec) => spec.name === 'Conv1/kernel');
  const start = sizes.slice(0, stem).reduce((sum, size) => sum + size, 0);
  weights.writeFloatLE(Number.NaN, 4 * (start + 30));
  const name = `weights-${sha256(weights).slice(0, 16)}.bin`;
  await writeFile(path.join(folder, name), weights);
  await writeUnsealed((copy) => {
    copy.weightsManifest[0].paths = [name];
  });
  await assert.rejects(
    loadClassifier(folder),
    refusal(/finite numbers for the weight Conv1\/kernel of .*model\.json but received NaN/),
  );
  const options = { network: 'mobilenet-v2', classes: ['a', 'b'], size: 32 } as const;
  await assert.rejects(
    createModel({ ...options, pretrained: file, trainable: 'all', seed: 1 }),
    refusal(/finite numbers for Conv1\/kernel in .*model\.json/),
  );
  assert.equal((await readdir(folder)).length, 3);
});

test('when the addon cannot be loaded, then the model is not blamed', async () => {
  await writeFile(file, text);
  const env = { ...process.env, BOBBIN_ADDON: '/no/such.node' };
  const { code, stderr } = await runBobbin(['predict', '--run', folder, file], { env });
  assert.match(stderr, /^bobbin: Bobbin's native addon could not be loaded from \/no\/such\.node:/);
  assert.equal(code, 1);
});
