/** Layers that draw random numbers: their distributions, new draws at each call, and errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import '../../../src/model/index.js';
import { jit, tf } from '../../../src/tensorflow/index.js';

const { layers } = tf;
const units = 20_000;
/** The value of all units of the input. */
const level = 2;

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Mean and variance of a layer's output in training, for inputs of {@link level}. */
const kinds: Record<string, [layer: () => tf.layers.Layer, mean: number, variance: number]> = {
  // Kept with probability 1 − r and scaled by its inverse: variance level² r / (1 − r).
  Dropout: [() => layers.dropout({ rate: 0.2 }), level, level ** 2 / 4],
  GaussianNoise: [() => layers.gaussianNoise({ stddev: 0.5 }), level, 0.25],
  // Factors of mean 1 and variance r / (1 − r).
  GaussianDropout: [() => layers.gaussianDropout({ rate: 0.2 }), level, level ** 2 / 4],
};

// q a² (level − α')² (1 − q) and a (q level + (1 − q) α') + b, in section 3 of arXiv:1706.02515.
const [q, saturation] = [0.8, -1.0507009873554805 * 1.6732632423543772];
const a = (q + saturation ** 2 * q * (1 - q)) ** -0.5;
const b = -a * (1 - q) * saturation;
kinds.AlphaDropout = [
  () => layers.alphaDropout({ rate: 1 - q }),
  a * (q * level + (1 - q) * saturation) + b,
  a ** 2 * q * (1 - q) * (level - saturation) ** 2,
];

for (const [name, [make, expectedMean, expectedVariance]] of Object.entries(kinds)) {
  test(`when ${name} is called in training, then its draws follow its distribution, in jit and in eager code`, () => {
    const layer = make();
    const x = tf.fill([1, units], level);
    const call = (input: tf.Tensor) => layer.apply(input, { training: true }) as tf.Tensor;
    const draw = (fn: typeof call) => [...fn(x).dataSync()];
    const jitted = jit(call, { seed: 3 });
    const drawn = [draw(call), draw(jitted), draw(jitted)];
    for (const values of drawn) {
      const m = mean(values);
      const variance = mean(values.map((v) => (v - m) ** 2));
      // Six standard errors of the mean; of the variance for a kurtosis of at most 4.
      const error = Math.sqrt(expectedVariance / units);
      assert.ok(Math.abs(m - expectedMean) < 6 * error, `mean ${m}, not ${expectedMean}`);
      assert.ok(
        Math.abs(variance / expectedVariance - 1) < 6 * Math.sqrt(3 / units),
        `variance ${variance}, not ${expectedVariance}`,
      );
    }
    assert.notDeepEqual(drawn[1], drawn[2]);
    const again = jit(call, { seed: 3 });
    assert.deepEqual([draw(again), draw(again)], drawn.slice(1));
    const predict = jit((input: tf.Tensor) => layer.apply(input) as tf.Tensor);
    assert.deepEqual(predict(x).dataSync(), x.dataSync());
    for (const fn of [jitted, again, predict]) {
      fn.dispose();
    }
  });
}

test('when SpatialDropout1D is jitted, then each feature is dropped at all times or never', () => {
  const layer = layers.spatialDropout1d({ rate: 0.5 });
  const jitted = jit((x: tf.Tensor) => layer.apply(x, { training: true }) as tf.Tensor);
  const [first, second] = jitted(tf.ones([1, 2, 1000])).unstack(1) as [tf.Tensor, tf.Tensor];
  assert.deepEqual(first.dataSync(), second.dataSync());
  assert.deepEqual([...new Set(first.dataSync())].sort(), [0, 2]);
  jitted.dispose();
});

for (const cell of [layers.simpleRNN, layers.lstm, layers.gru] as unknown as ((
  args: object,
) => tf.RNN)[]) {
  test(`when dropout in ${cell({ units: 1 }).getClassName()} is jitted, then each call draws a new mask, and eager calls still work`, () => {
    const layer = cell({ units: 4, dropout: 0.5, recurrentDropout: 0.5 });
    const x = tf.randomNormal([2, 5, 30], 0, 1, 'float32', 1);
    const predicted = (layer.apply(x) as tf.Tensor).dataSync();
    const train = (input: tf.Tensor) => layer.apply(input, { training: true }) as tf.Tensor;
    const jitted = jit(train);
    const drawn = [jitted(x), jitted(x), train(x)].map((y) => y.dataSync());
    assert.notDeepEqual(drawn[0], drawn[1]);
    assert.notDeepEqual(drawn[1], drawn[2]);
    assert.deepEqual((layer.apply(x) as tf.Tensor).dataSync(), predicted);
    jitted.dispose();
  });
}

test('when a stateful layer is jitted, then the error names it and the line', () => {
  for (const layer of [
    layers.lstm({ units: 2, stateful: true, batchInputShape: [1, 3, 2] }),
    layers.convLstm2d({
      filters: 2,
      kernelSize: 1,
      stateful: true,
      batchInputShape: [1, 3, 2, 2, 2],
    } as never),
  ]) {
    const shape = (layer as unknown as { batchInputShape: number[] }).batchInputShape;
    layer.apply(tf.ones(shape));
    const jitted = jit((x: tf.Tensor) => layer.apply(x) as tf.Tensor);
    const message = new RegExp(`${layer.name}, which is stateful.*random-layers\\.test\\.ts:\\d+`);
    assert.throws(() => jitted(tf.ones(shape)), message);
    assert.deepEqual((layer.apply(tf.ones(shape)) as tf.Tensor).shape[0], 1);
  }
});
