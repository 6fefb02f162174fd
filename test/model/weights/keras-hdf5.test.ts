/** HDF5 files that Keras wrote (test/import/keras/fixtures/make.py), and hostile ones. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { bytesSource } from '../../../src/disk/index.js';
import { readHdf5 } from '../../../src/model/weights/hdf5/hdf5.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { shortNames, weightsIn } from '../../../src/model/weights/keras-hdf5.js';

const fixture = (name: string) =>
  readFile(new URL(`../../import/keras/fixtures/${name}`, import.meta.url));
const read = (bytes: Buffer) => readTensors(bytesSource(bytes, 'net.h5'));

test('when weights are stored with the whole model or alone, then they have the same names and values', async () => {
  const [whole, alone] = [await fixture('all_layers.h5'), await fixture('all_layers.weights.h5')];
  const [first, second] = [await read(whole), await read(alone)];
  assert.deepEqual(new Map([...second].sort()), new Map([...first].sort()));
  assert.deepEqual(first.get('grouped/0')?.shape, [3, 3, 2, 4]);
  assert.deepEqual(first.get('layer_scale/0')?.shape, [8]);
});

test('when a file of Keras 2 is read, then its weights have the names of their layers', async () => {
  const names = [...(await read(await fixture('keras2.h5'))).keys()];
  assert.deepEqual(names.slice(0, 3), ['inner_conv/0', 'inner_conv/1', 'batch_normalization/0']);
});

test('when the name of a layer has slashes, as in DenseNet, then it is one name', () => {
  const tensor = { shape: [1], values: new Float32Array(1) };
  const attributes = new Map([
    ['/', new Map([['layer_names', ['conv1/bn', 'inner']]])],
    ['/conv1/bn', new Map([['weight_names', ['conv1/bn/gamma:0', 'conv1/bn/beta:0']]])],
    ['/inner', new Map([['weight_names', ['dense/kernel:0']]])],
  ]);
  const names = ['conv1/bn/conv1/bn/gamma:0', 'conv1/bn/conv1/bn/beta:0', 'inner/dense/kernel:0'];
  const tensors = new Map(names.map((name) => [`/${name}`, tensor]));
  assert.deepEqual(
    weightsIn({ attributes, tensors }).map(({ layer, place }) => [...layer, place]),
    [
      ['conv1/bn', 0],
      ['conv1/bn', 1],
      ['inner', 'dense', 0],
    ],
  );
});

test('when two layers in different models have one name, then the names of the models tell them apart', () => {
  assert.deepEqual(
    shortNames([['a', 'conv'], ['b', 'conv'], ['b', 'conv'], ['b', 'dense'], ['top']]),
    ['a/conv', 'b/conv', 'b/conv', 'dense', 'top'],
  );
});

test('when reading takes longer than it may, then the thread is ended', async () => {
  const source = bytesSource(await fixture('keras2.h5'), 'slow.h5');
  await assert.rejects(
    readHdf5(source, { seconds: 0.01 }),
    /^InvalidInputError: Expected an HDF5 file that is read in 0\.01 s for slow\.h5 but/,
  );
});

test('when a file refers to another file, contains itself, or has more values than bytes, then it is refused', async () => {
  for (const [name, error] of [
    ['elsewhere', /unable to open external raw data file/],
    [
      'link',
      /Expected values in the file itself for \/other in net.h5 but received "a link to \/etc\/passwd/,
    ],
    ['loop', /at most 30000 objects, 32 groups deep/],
    ['huge', /Expected at most \d+ bytes of values for \/huge in/],
  ] as const) {
    await assert.rejects(read(await fixture(`hostile-${name}.h5`)), error);
  }
});

test('when a file is cut at any place, then one error says so', async () => {
  const bytes = await fixture('keras2.h5');
  for (const share of [0.1, 0.5, 0.9]) {
    await assert.rejects(read(bytes.subarray(0, bytes.length * share)), {
      name: 'InvalidInputError',
      message: /^Expected content that HDF5 can read for net\.h5 but received/,
    });
  }
});
