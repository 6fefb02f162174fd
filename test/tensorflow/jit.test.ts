/** Jitted functions compute the results of eager code at every call, and refuse code that cannot be traced. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devices, jit, memory, tf } from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

test('when a function of tensors is jitted, then its results are the same', () => {
  let runs = 0;
  const fn = (x: tf.Tensor, { scale }: { scale: tf.Tensor }) => {
    runs += 1;
    return { sum: x.mul(scale).sum(), parts: [x.add(1), 'text'] as const };
  };
  const jitted = jit(fn);
  const args = [tf.tensor([1, 2, 3]), { scale: tf.scalar(2) }] as const;
  for (let i = 0; i < 3; i++) {
    const { sum, parts } = jitted(...args);
    assert.deepEqual(values(sum), [12]);
    assert.deepEqual(values(parts[0]), [2, 3, 4]);
    assert.equal(parts[1], 'text');
  }
  assert.equal(runs, 1);
  const other = jitted(tf.tensor([1, 2, 3, 4]), { scale: tf.scalar(1) });
  assert.deepEqual(values(other.sum), [10]);
  assert.equal(runs, 2);
  assert.equal(jitted.traces, 2);
  jitted.dispose();
});

test('when a training step is jitted, then it trains like the eager step', () => {
  const x = tf.randomNormal([16, 5], 0, 1, 'float32', 1) as tf.Tensor2D;
  const y = tf.randomNormal([16, 1], 0, 1, 'float32', 2) as tf.Tensor2D;
  for (const optimizer of ['sgd', 'adam', 'momentum'] as const) {
    const make = () => {
      const w = tf.variable(tf.randomNormal([5, 1], 0, 1, 'float32', 3));
      const o = {
        sgd: tf.train.sgd(0.1),
        adam: tf.train.adam(0.1),
        momentum: tf.train.momentum(0.1, 0.9),
      }[optimizer];
      const step = (a: tf.Tensor2D, b: tf.Tensor2D) =>
        tf.tidy(
          () =>
            o.minimize(
              () =>
                a
                  .matMul(w as tf.Tensor2D)
                  .sub(b)
                  .square()
                  .mean() as tf.Scalar,
              true,
              [w],
            ) as tf.Scalar,
        );
      return { w, step };
    };
    const eager = make();
    const traced = make();
    const jitted = jit(traced.step);
    for (let i = 0; i < 5; i++) {
      const [e, j] = [eager.step(x, y), jitted(x, y)];
      assert.ok(
        Math.abs((e.dataSync()[0] as number) - (j.dataSync()[0] as number)) < 1e-5,
        `${optimizer} ${i}: ${e} ${j}`,
      );
    }
    jitted.dispose();
  }
});

test('when jitted functions are called many times, then nothing leaks', () => {
  const w = tf.variable(tf.ones([10, 10]));
  const fn = jit((x: tf.Tensor2D) => {
    w.assign(w.add(0.001) as never);
    return x.matMul(w as tf.Tensor2D).sum();
  });
  const x = tf.ones([10, 10]) as tf.Tensor2D;
  fn(x).dispose();
  const before = { ...memory(), js: tf.memory().numTensors };
  for (let i = 0; i < 1000; i++) {
    fn(x).dispose();
  }
  assert.deepEqual({ ...memory(), js: tf.memory().numTensors }, before);
  fn.dispose();
});

test('when a value is read while tracing, then the error names the line', () => {
  const fn = jit((x: tf.Tensor) => x.mul((x.sum().dataSync()[0] as number) * 2));
  assert.throws(() => fn(tf.ones([3])), /read while the function is traced.*jit\.test\.ts:\d+/);
  const random = jit((x: tf.Tensor) => x.mul(Math.random()));
  assert.throws(() => random(tf.ones([3])), /Math\.random\(\).*jit\.test\.ts:\d+/);
  const asynchronous = jit(async (x: tf.Tensor) => x);
  assert.throws(() => asynchronous(tf.ones([3])), /synchronous/);
  const unknown = jit((x: tf.Tensor) => tf.unique(x as tf.Tensor1D).values);
  assert.throws(() => unknown(tf.ones([3])), /Unique.*shape/);
});

test('when calls run on another thread, then they run in order and JavaScript continues', async () => {
  const w = tf.variable(tf.scalar(1));
  const fn = jit((x: tf.Tensor) => {
    w.assign(w.mul(2).add(x) as never);
    return w.mul(1);
  });
  const one = tf.scalar(1);
  const calls = [fn.async(one), fn.async(one), fn.async(one)];
  assert.throws(() => fn(one), /under way/);
  one.dispose();
  assert.throws(() => w.dataSync(), /under way/);
  const results = await Promise.all(calls);
  assert.deepEqual(
    results.map((r) => r.dataSync()[0]),
    [3, 7, 15],
  );
  assert.deepEqual(values(w), [15]);
  fn.dispose();
});

test('when random numbers are drawn in a jitted function, then each call draws new ones, and a seed repeats them', () => {
  const draw = () => {
    const fn = jit(
      (x: tf.Tensor1D) => [
        tf.randomUniform([1000]),
        tf.randomNormal([1000], 3, 2),
        tf.randomUniform([1000]),
        tf.dropout(x, 0.25),
        tf.multinomial(tf.tensor1d([0, 0]), 1000),
      ],
      { seed: 5 },
    );
    const calls = [0, 1].map(() => fn(tf.ones([1000]) as tf.Tensor1D).map(values));
    fn.dispose();
    return calls as number[][][];
  };
  const calls = draw();
  assert.deepEqual(draw(), calls);
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  for (const [uniform, normal, second, dropped, classes] of calls as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ][]) {
    assert.notDeepEqual(uniform, second);
    // Six standard errors of a mean of 1,000.
    assert.ok(Math.abs(mean(uniform) - 0.5) < 0.055);
    assert.ok(Math.abs(mean(normal) - 3) < 0.38);
    assert.ok(Math.abs(mean(normal.map((value) => (value - 3) ** 2)) - 4) < 1.08);
    assert.deepEqual([...new Set(dropped)].sort(), [0, Math.fround(1 / 0.75)]);
    assert.ok(Math.abs(mean(dropped) - 1) < 0.11);
    assert.ok(Math.abs(mean(classes) - 0.5) < 0.095);
  }
  for (let i = 0; i < 5; i++) {
    assert.notDeepEqual(calls[0]?.[i], calls[1]?.[i]);
  }
});

test('when a function is jitted with mixed precision, then only products are rounded to bfloat16', (context) => {
  if (devices().some(({ type }) => type === 'GPU')) {
    return context.skip('a GPU has float16 instead');
  }
  const [a, b] = [1, 2].map(
    (seed) => tf.randomNormal([64, 64], 0, 1, 'float32', seed) as tf.Tensor2D,
  ) as [tf.Tensor2D, tf.Tensor2D];
  const product = (x: tf.Tensor2D, y: tf.Tensor2D) => x.matMul(y);
  const exact = values(product(a, b));
  const rounded = jit(product, { precision: 'bfloat16' });
  const errors = values(rounded(a, b)).map((value, i) => Math.abs(value - (exact[i] as number)));
  // 8 bits of mantissa: each factor, and the result, has a relative error of at most 2⁻⁹.
  const largest = Math.max(...errors);
  assert.ok(largest > 1e-4 && largest < 0.2, `${largest}`);
  rounded.dispose();
  assert.throws(
    () => jit(product, { precision: 'float16' })(a, b),
    /float32 or, on this device, bfloat16/,
  );
  return undefined;
});

test('when a function is compiled by XLA, then its results are the same', () => {
  const w = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
  const fn = jit(
    (x: tf.Tensor2D) => {
      w.assign(w.add(1) as tf.Tensor2D);
      return x
        .matMul(w as tf.Tensor2D)
        .relu()
        .sum(0);
    },
    { xla: true },
  );
  assert.deepEqual(values(fn(tf.tensor2d([1, -1, 2, 0], [2, 2]))), [4, 6]);
  assert.deepEqual(values(fn(tf.tensor2d([1, -1, 2, 0], [2, 2]))), [6, 8]);
  fn.dispose();
});
