/** Kernels that the specification suite does not cover: compares padded pooling with its definition. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../src/tensorflow/index.js';

const side = 5;
// All different: with a tie the gradient of the maximum is not unique.
const image = Array.from({ length: side * side }, (_, i) => ((i * 7) % 25) - 12);

/** Windows of 3 at stride 2 over the image with one empty pixel around it. */
function windows(values: readonly number[]): number[][] {
  const all: number[][] = [];
  for (let top = -1; top + 3 <= side + 1; top += 2) {
    for (let left = -1; left + 3 <= side + 1; left += 2) {
      const inside: number[] = [];
      for (let y = Math.max(0, top); y < Math.min(side, top + 3); y++) {
        inside.push(
          ...values.slice(y * side + Math.max(0, left), y * side + Math.min(side, left + 3)),
        );
      }
      all.push(inside);
    }
  }
  return all;
}

const definitions = {
  maxPool: (window: number[]) => Math.max(...window),
  avgPool: (window: number[]) => window.reduce((sum, value) => sum + value, 0) / window.length,
};

for (const name of ['maxPool', 'avgPool'] as const) {
  const define = (values: readonly number[]) => windows(values).map(definitions[name]);
  const pool = (x: tf.Tensor) => tf[name](x as tf.Tensor4D, 3, 2, 1);

  test(`when ${name} is padded by a number, then the padding does not affect the result`, () => {
    tf.tidy(() => {
      const pooled = pool(tf.tensor4d(image, [1, side, side, 1])).dataSync();
      define(image).forEach((wanted, i) => {
        assert.ok(Math.abs((pooled[i] as number) - wanted) < 1e-6, `window ${i}`);
      });
    });
  });

  test(`when ${name} is padded by a number, then its gradient equals finite differences`, () => {
    tf.tidy(() => {
      const x = tf.tensor4d(image, [1, side, side, 1]);
      const gradient = tf
        .grad((input) => pool(input).square().sum())(x)
        .dataSync();
      const loss = (values: number[]) => define(values).reduce((sum, y) => sum + y * y, 0);
      image.forEach((value, i) => {
        const step = 1e-4;
        const [up, down] = [value + step, value - step].map((v) =>
          loss(image.map((old, j) => (j === i ? v : old))),
        );
        const wanted = ((up as number) - (down as number)) / (2 * step);
        assert.ok(Math.abs((gradient[i] as number) - wanted) < 1e-3, `pixel ${i}`);
      });
    });
  });
}

test('when large integers are rounded, then no bit is lost', () => {
  tf.tidy(() => {
    const values = [16777217, -123456789, 2147483647];
    assert.deepEqual([...tf.round(tf.tensor1d(values, 'int32')).dataSync()], values);
  });
});

test('when scalars are concatenated, then they become a vector of their dtype', () => {
  tf.tidy(() => {
    const joined = tf.concat([tf.scalar(16777217, 'int32'), tf.scalar(2, 'int32')] as never);
    assert.equal(joined.dtype, 'int32');
    assert.deepEqual(joined.arraySync(), [16777217, 2]);
  });
});

test('when samples are drawn, then they depend on the seed, and their frequency on the logits', () => {
  tf.tidy(() => {
    const logits = tf.log(tf.tensor1d([0.2, 0.8])) as tf.Tensor1D;
    const draw = (seed: number) => [...tf.multinomial(logits, 4000, seed).dataSync()];
    assert.deepEqual(draw(5), draw(5));
    assert.notDeepEqual(draw(5), draw(6));
    const share = draw(5).reduce((sum, value) => sum + value, 0) / 4000;
    // Five standard deviations of the mean.
    assert.ok(Math.abs(share - 0.8) < 0.032, `${share}`);
    const probabilities = tf.tensor1d([0.2, 0.8]);
    const normalized = [...tf.multinomial(probabilities, 4000, 5, true).dataSync()];
    assert.deepEqual(normalized, draw(5));
  });
});
