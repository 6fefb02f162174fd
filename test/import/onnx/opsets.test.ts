/** Forms of older opsets that no exporter at hand writes, against their definitions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { largestDifference } from '../../../src/import/index.js';
import { onnx } from '../../../src/import/onnx/index.js';
import { message, model, node, tensor } from './messages.js';

const side = 4;
const size = 3 * side * side;
const images = Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i) * 2);

const pool = node({ operation: 'GlobalAveragePool', inputs: ['maps'], outputs: ['pooled'] });
const flatten = node({ operation: 'Flatten', inputs: ['pooled'], outputs: ['y'] });

/** How far the pooled results of `nodes`, of `x` to `maps`, are from `wanted`: [2, 3]. */
async function difference(
  nodes: Buffer[],
  opset: number,
  wanted: number[],
  tensors: Buffer[] = [],
) {
  const shape = [-1, 3, side, side];
  const content = model({ nodes: [...nodes, pool, flatten], opset, shape, tensors });
  const {
    weights,
    preprocessing: _,
    reference: __,
    ...network
  } = await onnx.read(content, 'net.onnx');
  const preprocessing = {
    ...{ resize: side, crop: side, channels: 'rgb' as const },
    mean: [0, 0, 0] as [number, number, number],
    std: [1, 1, 1] as [number, number, number],
  };
  const source = { file: 'net.onnx', sha256: '', format: 'onnx' };
  const record = {
    format: 'bobbin-network' as const,
    name: 'net',
    source,
    preprocessing,
    // As its file has it.
    ...(JSON.parse(JSON.stringify(network)) as typeof network),
  };
  const outputs = { shape: [2, 3], values: Float32Array.from(wanted) };
  return largestDifference(
    { record, weights },
    { images: { shape: [2, 3, side, side], values: images }, outputs },
    'y',
  );
}

/** The mean of each channel of each image, of numbers in the images' order. */
const means = (numbers: readonly number[]): number[] =>
  Array.from({ length: 6 }, (_, i) => {
    const map = numbers.slice(i * side * side, (i + 1) * side * side);
    return map.reduce((sum, value) => sum + value, 0) / map.length;
  });

test('when a Softmax is older than opset 13, then all axes from its own on are one', async () => {
  const numbers = [0, 1].flatMap((image) => {
    const powers = [...images.subarray(image * size, (image + 1) * size)].map(Math.exp);
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  });
  const softmax = node({ operation: 'Softmax', inputs: ['x'], outputs: ['maps'] });
  assert.ok((await difference([softmax], 11, means(numbers))) < 1e-6);
});

test('when a file upsamples as in opset 9, then pixels repeat', async () => {
  const scales = tensor({
    ...{ name: 'scales', dims: [4] },
    bytes: new Uint8Array(Float32Array.of(1, 1, 2, 2).buffer),
  });
  const mode = message([1, 'mode'], [4, 'nearest'], [20, 3]);
  const larger = node({
    ...{ operation: 'Upsample', inputs: ['x', 'scales'], outputs: ['large'] },
    attributes: [mode],
  });
  // A quarter of the larger map, from its first pixel on: each pixel of a quarter of the small one, four times.
  const ints = (name: string, ...values: number[]) =>
    message([1, name], ...values.map((value): [number, number] => [8, value]), [20, 7]);
  const slice = node({
    ...{ operation: 'Slice', inputs: ['large'], outputs: ['maps'] },
    attributes: [ints('starts', 0, 0), ints('ends', 2, 2), ints('axes', 2, 3)],
  });
  const wanted = Array.from({ length: 6 }, (_, i) => images[i * side * side] as number);
  assert.ok((await difference([larger, slice], 9, wanted, [scales])) < 1e-6);
});

test('when a constant is infinite, as in masks and limits, then it stays so in the file of the network', async () => {
  const least = tensor({
    ...{ name: '/least', dims: [1] },
    bytes: new Uint8Array(Float32Array.of(-Infinity).buffer),
  });
  const equal = node({ operation: 'Equal', inputs: ['/least', 'lower'], outputs: ['flag'] });
  const lower = node({ operation: 'Sub', inputs: ['/least', 'x'], outputs: ['lower'] });
  const where = node({ operation: 'Where', inputs: ['flag', 'x', '/least'], outputs: ['kept'] });
  const larger = node({ operation: 'Max', inputs: ['kept', '/least'], outputs: ['maps'] });
  const nodes = [lower, equal, where, larger];
  assert.ok((await difference(nodes, 13, means([...images]), [least])) < 1e-6);
});

test('when a mask of many numbers is infinite, then it is no weight', async () => {
  const numbers = Float32Array.from({ length: 4 * 4 }, (_, i) => (i % 5 === 1 ? -Infinity : 0));
  const mask = tensor({ name: 'mask', dims: [4, 4], bytes: new Uint8Array(numbers.buffer) });
  const masked = node({ operation: 'Add', inputs: ['x', 'mask'], outputs: ['seen'] });
  const exps = node({ operation: 'Exp', inputs: ['seen'], outputs: ['maps'] });
  const wanted = means(Array.from(images, (x, i) => (numbers[i % 16] === 0 ? Math.exp(x) : 0)));
  assert.ok((await difference([masked, exps], 13, wanted, [mask])) < 1e-6);
  const content = model({
    nodes: [masked, exps, pool, flatten],
    opset: 13,
    shape: [-1, 3, 4, 4],
    tensors: [mask],
  });
  const { weights, graph } = await onnx.read(content, 'net.onnx');
  assert.deepEqual([[...weights.keys()], Object.keys(graph?.constants ?? {})], [[], ['mask']]);
});

test('when a constant has values of its own, then they are its tensor', async () => {
  const value = message(
    [1, 'value_floats'],
    [7, new Uint8Array(Float32Array.of(3).buffer)],
    [20, 6],
  );
  const constant = node({ operation: 'Constant', inputs: [], outputs: ['c'], attributes: [value] });
  const multiply = node({ operation: 'Mul', inputs: ['x', 'c'], outputs: ['maps'] });
  const wanted = means([...images].map((each) => 3 * each));
  assert.ok((await difference([constant, multiply], 13, wanted)) < 1e-6);
});

test('when an exporter fills in a scale or an offset that the module lacks, then it is not trained', async () => {
  const filled = (name: string, values: number[]) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    const content = tensor({ name: '', dims: [3], bytes });
    const value = message([1, 'value'], [5, content], [20, 4]);
    return node({ operation: 'Constant', inputs: [], outputs: [name], attributes: [value] });
  };
  const constants = [filled('ones', [1, 1, 1]), filled('zeros', [0, 0, 0]), filled('s', [1, 2, 1])];
  const normalise = (inputs: string[], output: string) =>
    node({ operation: 'InstanceNormalization', inputs, outputs: [output] });
  const nodes = [
    normalise(['x', 'ones', 'zeros'], 'plain'),
    normalise(['plain', 's', 'zeros'], 'maps'),
  ];
  const content = model({ nodes: [...constants, ...nodes, pool, flatten] });
  const { graph } = await onnx.read(content, 'net.onnx');
  const trained = graph?.weights.filter(({ trainable }) => trainable).map(({ name }) => name);
  assert.deepEqual(trained, ['s']);
});
