/** Batch normalisation against its definition: statistics, gradients, frozen behaviour. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchNormalization } from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';

const epsilon = 1e-3;
const momentum = 0.9;
/** [2, 2, 1, 2]: four values of two channels. */
const image = tf.tensor4d([1, 10, 2, 30, 4, 20, 9, 80], [2, 2, 1, 2]);
const channels = [
  [1, 2, 4, 9],
  [10, 30, 20, 80],
];

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: number[]) => mean(values.map((v) => (v - mean(values)) ** 2));

function close(actual: tf.Tensor, wanted: number[], tolerance = 1e-4): void {
  const values = [...actual.dataSync()];
  assert.equal(values.length, wanted.length);
  values.forEach((v, i) => {
    const limit = tolerance * Math.max(1, Math.abs(wanted[i] as number));
    assert.ok(Math.abs(v - (wanted[i] as number)) <= limit, `${values} is not ${wanted}`);
  });
}

function build(config: object): BatchNormalization {
  const layer = new BatchNormalization({ epsilon, momentum, ...config });
  layer.build([null, 2, 1, 2] as never);
  return layer;
}

for (const config of [{}, { scale: false }, { center: false }, { scale: false, center: false }]) {
  test(`when ${JSON.stringify(config)} trains then output, averages and gradients follow the definition`, () => {
    const layer = build(config);
    const output = layer.call(image, { training: true });
    const normal = channels.map((v) =>
      v.map((x) => (x - mean(v)) / Math.sqrt(variance(v) + epsilon)),
    );
    close(
      output,
      [0, 1, 2, 3].flatMap((i) => normal.map((v) => v[i] as number)),
    );
    // Each moving average takes a tenth of the batch's mean and unbiased variance, from 0 and 1.
    close(
      layer.movingMean.read(),
      channels.map((v) => 0.1 * mean(v)),
    );
    close(
      layer.movingVariance.read(),
      channels.map((v) => 0.9 + (0.1 * variance(v) * 4) / 3),
    );

    const weights = layer.trainableWeights.map((w) => w.read() as tf.Variable);
    const factors = tf.tensor4d([3, 1, -1, 2, 0.5, -2, 1, 1], [2, 2, 1, 2]);
    const loss = (x: tf.Tensor) => layer.call(x, { training: true }).mul(factors).sum().asScalar();
    const step = 1e-2;
    const numeric = [...image.dataSync()].map((_, i) => {
      const shifted = (by: number) => {
        const values = Float32Array.from(image.dataSync());
        (values[i] as number) += by;
        return loss(tf.tensor4d(values, [2, 2, 1, 2])).dataSync()[0] as number;
      };
      return (shifted(step) - shifted(-step)) / (2 * step);
    });
    close(tf.grad(loss)(image), numeric, 5e-3);
    if (weights.length === 0) {
      return;
    }
    const { grads } = tf.variableGrads(() => loss(image), weights);
    const perChannel = [0, 1].map((c) =>
      [0, 1, 2, 3].map((i) => factors.dataSync()[i * 2 + c] as number),
    );
    if (layer.gamma) {
      close(
        grads[(layer.gamma.read() as tf.Variable).name] as tf.Tensor,
        perChannel.map((f, c) => f.reduce((sum, v, i) => sum + v * (normal[c]?.[i] as number), 0)),
        1e-3,
      );
    }
    if (layer.beta) {
      close(
        grads[(layer.beta.read() as tf.Variable).name] as tf.Tensor,
        perChannel.map((f) => f.reduce((sum, v) => sum + v, 0)),
      );
    }
  });
}

test('when the layer is frozen then training uses the moving averages and does not change them', () => {
  const layer = build({});
  layer.setWeights(
    [
      [2, 3],
      [1, -1],
      [4, 40],
      [9, 100],
    ].map((v) => tf.tensor1d(v)),
  );
  layer.trainable = false;
  const before = layer.getWeights().map((w) => [...w.dataSync()]);
  const output = layer.call(image, { training: true });
  const wanted = [0, 1, 2, 3].flatMap((i) => [
    (((channels[0]?.[i] as number) - 4) / Math.sqrt(9 + epsilon)) * 2 + 1,
    (((channels[1]?.[i] as number) - 40) / Math.sqrt(100 + epsilon)) * 3 - 1,
  ]);
  close(output, wanted);
  assert.deepEqual(
    layer.getWeights().map((w) => [...w.dataSync()]),
    before,
  );
});

test('when channels come first then they are normalised correctly', () => {
  const layer = new BatchNormalization({ axis: 1, epsilon, momentum });
  layer.build([null, 2, 2, 1] as never);
  const output = layer.call(image.transpose([0, 3, 1, 2]), { training: true });
  close(output.transpose([0, 2, 3, 1]), [...build({}).call(image, { training: true }).dataSync()]);
});

test('when a model with the stock layer is loaded then it gets this layer with the same configuration', async () => {
  const Stock = Object.getPrototypeOf(BatchNormalization) as typeof BatchNormalization;
  const stock = new Stock({
    inputShape: [4],
    scale: false,
    momentum: 0.7,
    trainable: false,
  });
  const model = tf.sequential({ layers: [stock] });
  const loaded = await tf.models.modelFromJSON(model.toJSON(null, false) as never);
  const layer = loaded.layers[0] as BatchNormalization;
  assert.notEqual(stock.constructor, BatchNormalization);
  assert.equal(layer.constructor, BatchNormalization);
  assert.equal(layer.trainable, false);
  assert.deepEqual(layer.getConfig(), stock.getConfig());
});

test('when the axis is a list of one, as tf.keras 2 writes it, then it is that axis', () => {
  const image = tf.tensor4d([1, 10, 2, 30, 4, 20, 9, 80], [2, 2, 1, 2]);
  const wanted = build({ axis: 3 }).call(image, { training: true });
  close(build({ axis: [3] }).call(image, { training: true }), [...wanted.dataSync()]);
  close(
    build({ axis: [3] }).call(image, {}),
    [...image.dataSync()].map((x) => x / Math.sqrt(1 + epsilon)),
  );
  assert.equal(build({ axis: [-1] }).getConfig().axis, -1);
  assert.throws(
    () => build({ axis: [1, 3] }),
    /Expected one axis for axis of BatchNormalization but received \[1,3\]/,
  );
});

test('when one process has the whole of a shared batch, then it normalises as it does alone, forwards and backwards', () => {
  for (const [axis, shape] of [
    [-1, [4, 3, 5, 6]],
    [1, [4, 6, 3, 5]],
    [-1, [20, 6]],
  ] as [number, number[]][]) {
    const input = tf.randomNormal(shape, 3, 2, 'float32', 5);
    const factors = tf.randomNormal(shape, 0, 1, 'float32', 6);
    const results = [undefined, { index: 0, count: 1, rows: shape[0] as number }].map((share) => {
      const layer = new BatchNormalization({ axis, momentum });
      layer.build([null, ...shape.slice(1)]);
      const { gamma, beta, movingMean, movingVariance } = layer;
      gamma?.write(tf.linspace(0.5, 2, 6));
      const kwargs = { training: true, share: share && { ...share, synchronised: true } };
      const loss = (x: tf.Tensor) => layer.call(x, kwargs).square().mul(factors).sum().asScalar();
      const weights = [gamma, beta].map((weight) => weight?.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(() => loss(input), weights);
      return [
        ...weights.map(({ name }) => grads[name] as tf.Tensor),
        ...[movingMean.read().clone(), movingVariance.read().clone()],
        ...[value, tf.grad(loss)(input)],
      ];
    });
    const [alone, shared] = results as [tf.Tensor[], tf.Tensor[]];
    alone.forEach((wanted, i) => {
      close(shared[i] as tf.Tensor, [...wanted.dataSync()], 2e-5);
    });
  }
});
