/** Batch normalisation folded into convolutions while a function is traced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addBias,
  convolve,
  convolveDepthwise,
  frozenNormalize,
  jit,
  memory,
  tf,
} from '../../src/tensorflow/index.js';
import { foldedNormalize } from '../../src/tensorflow/kernels/frozen-normalization.js';

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const image = random([2, 9, 9, 6], 1) as tf.Tensor4D;
const optimized = { optimize: true };
const plain = { strides: [1, 1], dilations: [1, 1], padding: 'SAME' } as const;

/** gamma, beta, mean and variance of `channels`, as variables. */
const statistics = (channels: number) => ({
  gamma: tf.variable(random([channels], 2)),
  beta: tf.variable(random([channels], 3)),
  mean: tf.variable(random([channels], 4)),
  variance: tf.variable(tf.abs(random([channels], 5)).add(0.1)),
});

/** x · gamma / √(variance + epsilon) + … by plain arithmetic. */
const normalized = (x: tf.Tensor, { gamma, beta, mean, variance }: ReturnType<typeof statistics>) =>
  x.sub(mean).mul(gamma).div(variance.add(1e-3).sqrt()).add(beta);

const convolutions: Record<string, [number, (kernel: tf.Tensor4D) => tf.Tensor, number[]]> = {
  plain: [4, (kernel) => tf.conv2d(image, kernel, 1, 'same'), [3, 3, 6, 4]],
  'of a layer': [
    4,
    (kernel) => tf.fused.conv2d({ x: image, filter: kernel, strides: 2, pad: 'valid' }),
    [3, 3, 6, 4],
  ],
  depthwise: [6, (kernel) => tf.depthwiseConv2d(image, kernel, 1, 'same'), [3, 3, 6, 1]],
  'depthwise with two filters a channel': [
    12,
    (kernel) => convolveDepthwise(image, kernel, plain),
    [3, 3, 6, 2],
  ],
  'in two groups': [8, (kernel) => convolve(image, kernel, plain), [3, 3, 3, 8]],
};

/** The largest difference of two tensors' values over the largest value. */
function difference(found: tf.Tensor, wanted: tf.Tensor): number {
  return tf.tidy(
    () => found.sub(wanted).abs().max().div(wanted.abs().max()).dataSync()[0] as number,
  );
}

for (const [name, [channels, convolution, shape]] of Object.entries(convolutions)) {
  test(`when a convolution ${name} is normalised in a traced function, then the result is that of plain arithmetic, also after the weights change`, () => {
    const kernel = tf.variable(random(shape, 6) as tf.Tensor4D);
    const given = statistics(channels);
    const fn = jit(
      () => foldedNormalize({ input: convolution(kernel), ...given, epsilon: 1e-3 }) as tf.Tensor,
      optimized,
    );
    for (let round = 0; round < 2; round++) {
      const wanted = normalized(convolution(kernel), given);
      assert.ok(difference(fn(), wanted) < 1e-5);
      kernel.assign(kernel.mul(2) as tf.Tensor4D);
      given.mean.assign(given.mean.add(1));
    }
    assert.equal(fn.traces, 1);
    fn.dispose();
  });
}

test('when a frozen function folds, then the result is that of plain arithmetic, and its traces keep no tensors beside their own', () => {
  const kernel = tf.variable(random([3, 3, 6, 4], 6) as tf.Tensor4D);
  const given = statistics(4);
  // The kernel's tensor is gone when the normalisation needs it.
  const convolved = (x: tf.Tensor) =>
    tf.tidy(() => tf.conv2d(x as tf.Tensor4D, kernel.mul(2), 1, 'same'));
  const fn = jit(
    (x: tf.Tensor) => frozenNormalize({ input: convolved(x), ...given, epsilon: 1e-3 }),
    {
      frozen: true,
    },
  );
  const check = (x: tf.Tensor) =>
    tf.tidy(() => assert.ok(difference(fn(x), normalized(convolved(x), given)) < 1e-5));
  const [pair, one] = [image, image.slice([0], [1])];
  check(pair);
  const { tensors } = memory();
  check(one);
  assert.equal(memory().tensors, tensors);
  fn.dispose();
});

test('when gamma and beta are absent, then they count as ones and zeros', () => {
  const kernel = random([3, 3, 6, 4], 6) as tf.Tensor4D;
  const { mean, variance } = statistics(4);
  const fn = jit(() => {
    const input = tf.conv2d(image, kernel, 1, 'same');
    return frozenNormalize({
      input,
      gamma: undefined,
      beta: undefined,
      mean,
      variance,
      epsilon: 0,
    });
  });
  const wanted = tf.conv2d(image, kernel, 1, 'same').sub(mean).div(variance.sqrt());
  assert.ok(difference(fn(), wanted) < 1e-5);
  fn.dispose();
});

test('when the input is no convolution, has a bias or is used twice, then the result is right', () => {
  const kernel = random([3, 3, 6, 6], 6) as tf.Tensor4D;
  const bias = random([6], 7) as tf.Tensor1D;
  const given = statistics(6);
  const fn = jit((x: tf.Tensor4D) => {
    const input = addBias(tf.conv2d(x, kernel, 1, 'same'), bias);
    const raw = tf.conv2d(x, kernel, 1, 'same');
    return [x, input, raw, raw].map((each, index) =>
      index === 3 ? each : frozenNormalize({ input: each, ...given, epsilon: 1e-3 }),
    );
  }, optimized);
  const raw = tf.conv2d(image, kernel, 1, 'same');
  const wanted = [...[image, raw.add(bias), raw].map((x) => normalized(x, given)), raw];
  for (const [index, found] of fn(image).entries()) {
    assert.ok(difference(found, wanted[index] as tf.Tensor) < 1e-5, `${index}`);
  }
  fn.dispose();
});

test('when gradients are recorded, then those of kernel, gamma and beta are right', () => {
  const { gamma, beta, mean, variance } = statistics(4);
  const kernel = random([3, 3, 6, 4], 6) as tf.Tensor4D;
  const gradients = (normalize: (x: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
    tf.grads((k, g, b) =>
      normalize(tf.conv2d(image, k as tf.Tensor4D, 1, 'same'), g as tf.Tensor, b as tf.Tensor)
        .square()
        .sum(),
    )([kernel, gamma, beta]);
  const fn = jit(
    () =>
      gradients((input, g, b) =>
        frozenNormalize({ input, gamma: g, beta: b, mean, variance, epsilon: 1e-3 }),
      ),
    optimized,
  );
  const wanted = gradients((x, g, b) =>
    normalized(x, { gamma: g, beta: b, mean, variance } as ReturnType<typeof statistics>),
  );
  for (const [index, found] of fn().entries()) {
    assert.ok(difference(found, wanted[index] as tf.Tensor) < 1e-4, `${index}`);
  }
  fn.dispose();
});
