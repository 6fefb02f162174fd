/** Dropout with a key for each step: the same key drops the same units. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GraphLayer, residualSums } from '../../../src/graph/index.js';
import { createModel, Dropout, keyOf, setStochasticDepth } from '../../../src/model/index.js';
import { type BatchShare, jit, keyedDropout, tf } from '../../../src/tensorflow/index.js';
import { fixtureNamed, imagesOf, modelOf } from '../../graph/fixture.js';

const input = tf.ones([100, 100]);
const call = (layer: Dropout, key?: string, training = true) => {
  const step = { training, ...(key !== undefined && { dropoutKey: keyOf(key) }) };
  return [...(layer.call(input, step) as tf.Tensor).dataSync()];
};

test('when the key is the same then the mask is the same; another step or layer has another mask', () => {
  const layer = new Dropout({ name: 'one', rate: 0.2 });
  const mask = call(layer, '7/3');
  assert.deepEqual(call(layer, '7/3'), mask);
  assert.notDeepEqual(call(layer, '7/4'), mask);
  assert.notDeepEqual(call(new Dropout({ name: 'two', rate: 0.2 }), '7/3'), mask);
  assert.notDeepEqual(call(layer), call(layer));
});

test('when a function that drops units is jitted then each key has the same mask as in eager code', () => {
  const layer = new Dropout({ name: 'one', rate: 0.2 });
  const jitted = jit(
    (dropoutKey: tf.Tensor1D) => layer.call(input, { training: true, dropoutKey }) as tf.Tensor,
  );
  for (const key of ['7/3', '7/4']) {
    assert.deepEqual([...jitted(keyOf(key)).dataSync()], call(layer, key));
  }
});

test('when units are dropped then their share is the rate, and the others are scaled to compensate', () => {
  const values = call(new Dropout({ rate: 0.2 }), 'key');
  assert.deepEqual([...new Set(values)].sort(), [0, 1.25]);
  const share = values.filter((v) => v === 0).length / values.length;
  // Five standard deviations of 10,000 draws.
  assert.ok(Math.abs(share - 0.2) < 0.02, `${share}`);
});

test('when the layer predicts then no unit is dropped', () => {
  assert.deepEqual(call(new Dropout({ rate: 0.5 }), 'key', false), [...input.dataSync()]);
});

/** Two residual blocks whose branches repeat their input: x becomes 4x. */
function doubledTwice(): tf.LayersModel {
  const input = tf.input({ shape: [3] });
  let x = input;
  for (const name of ['first', 'second']) {
    const kernelInitializer = tf.initializers.identity({});
    const branch = tf.layers.dense({ units: 3, useBias: false, kernelInitializer }).apply(x);
    x = tf.layers.add({ name }).apply([branch as tf.SymbolicTensor, x]) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: x });
}

test('when images skip branches, then each does by itself, in proportion to the depth, and the mean stays', () => {
  const model = doubledTwice();
  const saved = JSON.stringify(model.toJSON(null, false));
  assert.equal(setStochasticDepth(model, 0.5), 2);
  assert.equal(JSON.stringify(model.toJSON(null, false)), saved);
  const images = tf.ones([4000, 3]);
  const stepped = (key: string) =>
    (model.apply(images, { training: true, dropoutKey: keyOf(key) }) as tf.Tensor2D).arraySync();
  const rows = stepped('7/3') as number[][];
  assert.ok(rows.every(([first, ...others]) => others.every((value) => value === first)));
  // Branch l of 2 is dropped by 0.5 · l / 2, or else divided by what is left.
  const [early, late] = [1 + 1 / 0.75, 1 + 1 / 0.5];
  const shares = [early * late, late, early, 1].map((wanted) => {
    const same = rows.filter(([value]) => Math.abs((value as number) - wanted) < 1e-5);
    return same.length / rows.length;
  });
  for (const [i, share] of [0.75 * 0.5, 0.25 * 0.5, 0.75 * 0.5, 0.25 * 0.5].entries()) {
    // Four standard deviations of 4,000 draws.
    assert.ok(Math.abs((shares[i] as number) - share) < 0.031, `${shares}`);
  }
  const mean = rows.reduce((sum, [value]) => sum + (value as number), 0) / rows.length;
  assert.ok(Math.abs(mean - 4) < 0.15, `${mean}`);
  assert.deepEqual(stepped('7/3'), rows);
  assert.notDeepEqual(stepped('7/4'), rows);
  const plain = () => (model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()[0];
  assert.equal(plain(), 4);
  setStochasticDepth(model, 0);
  assert.ok((stepped('7/3') as number[][]).every(([value]) => value === 4));
});

test('when Bobbin builds a network, then blocks with an unchanged shortcut have a branch that can be skipped', async () => {
  const branches = { 'mobilenet-v2': 10, resnet18: 8 - 3, 'resnet50-v2': 16 - 4 - 3 } as const;
  for (const [network, wanted] of Object.entries(branches)) {
    const options = { classes: ['a', 'b'], pretrained: false, size: 32, seed: 1 };
    using built = await createModel({ ...options, network, trainable: 'all' });
    assert.equal(setStochasticDepth(built.model, 0.2), wanted, network);
  }
});

test('when a network is imported, then its residual branches are found, and are skipped image by image', () => {
  const fixture = fixtureNamed('transformer');
  const { graph } = fixture;
  const sums = residualSums(graph, graph.outputs);
  assert.deepEqual(
    sums.map(({ node, branch }) => `${node.name} ${branch}`),
    ['/Add_1 1', '/Add_2 1'],
  );
  const model = modelOf(fixture);
  const layer = model.layers[1] as GraphLayer;
  const images = imagesOf(fixture);
  const step = { training: true, dropoutKey: keyOf('7/3') };
  const plain = layer.apply(images, step) as tf.Tensor;
  const axes: number[] = [];
  for (const { node, branch } of sums) {
    const drop = (x: tf.Tensor, axis: number) => {
      axes.push(axis);
      // Drops the first image's branch alone.
      const kept = tf.range(0, x.shape[0] as number).greater(0);
      return x.mul(kept.cast('float32').reshape([-1, 1, 1]));
    };
    layer.setDrop(node, { input: branch, drop });
  }
  const dropped = layer.apply(images, step) as tf.Tensor;
  const same = plain.sub(dropped).abs().max(1).dataSync();
  assert.ok((same[0] as number) > 1e-3 && same.slice(1).every((difference) => difference < 1e-5));
  assert.deepEqual(axes, [0, 0]);
  assert.equal(setStochasticDepth(model, 0), 2);
});

/** The rows that each of `count` shares has of what `step` gives for all of `images`, side by side with what it gives for the share. */
function shared(
  images: tf.Tensor,
  count: number,
  step: (x: tf.Tensor, s?: BatchShare) => tf.Tensor,
) {
  const rows = images.shape[0];
  const whole = step(images).arraySync() as unknown[];
  return Array.from({ length: count }, (_, index) => {
    const own = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => row % count === index,
    );
    const given = tf.gather(images, tf.tensor1d(own, 'int32'));
    return [own.map((row) => whole[row]), step(given, { index, count, rows }).arraySync()];
  });
}

test('when processes share a batch, then each drops what one process drops of its rows, in layers, noise shapes and branches', () => {
  const images = tf.randomNormal([7, 5, 3], 0, 1, 'float32', 4);
  const dropoutKey = keyOf('7/3');
  const layers = [undefined, [null, 1, 3], [1, 5, 1]].map(
    (noiseShape) => new Dropout({ name: 'one', rate: 0.4, noiseShape: noiseShape as number[] }),
  );
  const model = doubledTwice();
  setStochasticDepth(model, 0.8);
  const branches = (x: tf.Tensor, share?: BatchShare) =>
    model.apply(x.slice([0, 0, 0], [-1, 1, -1]).squeeze([1]), {
      training: true,
      dropoutKey,
      share,
    });
  const steps = [
    ...layers.map(
      (layer) => (x: tf.Tensor, share?: BatchShare) =>
        layer.call(x, { training: true, dropoutKey, share }),
    ),
    branches,
  ] as ((x: tf.Tensor) => tf.Tensor)[];
  for (const step of steps) {
    for (const count of [1, 2, 3, 7]) {
      for (const [wanted, found] of shared(images, count, step)) {
        assert.deepEqual(found, wanted, `${count}`);
      }
    }
  }
  const windows = tf.ones([2, 3, 4]);
  const drop = (x: tf.Tensor, share?: BatchShare) =>
    keyedDropout(x, 0.5, dropoutKey, [1, x.shape[1] as number, 4], share, 1);
  // Two images of three windows each, in one axis.
  const whole = drop(tf.ones([2, 6, 4])).arraySync() as number[][][];
  const second = drop(windows, { index: 1, count: 2, rows: 2 }).arraySync() as number[][][];
  assert.deepEqual(
    second,
    whole.map((rows) => rows.slice(3)),
  );
});
