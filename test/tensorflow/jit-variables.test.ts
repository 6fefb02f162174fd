/** Variables in jitted functions: found automatically, changed once a call, and in place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jit, tf, updateVariables } from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

test('when a jitted function assigns variables, then each call changes them once', () => {
  const a = tf.variable(tf.tensor([1, 2]));
  const b = tf.variable(tf.tensor([10, 20]));
  const swap = jit((x: tf.Tensor) => {
    const sum = a.add(x);
    const old = a.clone();
    a.assign(b.mul(1) as never);
    b.assign(old as never);
    return sum;
  });
  assert.deepEqual(values(swap(tf.scalar(1))), [2, 3]);
  assert.deepEqual(
    [values(a), values(b)],
    [
      [10, 20],
      [1, 2],
    ],
  );
  const kept = a.clone();
  assert.deepEqual(values(swap(tf.scalar(1))), [11, 21]);
  assert.deepEqual(
    [values(a), values(b)],
    [
      [1, 2],
      [10, 20],
    ],
  );
  assert.deepEqual(values(kept), [10, 20]);
  a.assign(tf.tensor([7, 7]) as never);
  assert.deepEqual(values(swap(tf.scalar(1))), [8, 8]);
  assert.deepEqual(
    [values(a), values(b)],
    [
      [10, 20],
      [7, 7],
    ],
  );
  swap.dispose();
});

test('when variables are updated in place, then copies keep their values and reads keep the order', () => {
  const float = { T: { type: 'dtype', value: 'float32' } } as const;
  const make = () => {
    const [w, v] = [tf.variable(tf.tensor([1, 2])), tf.variable(tf.zeros([2]))];
    const step = (gradient: tf.Tensor) => {
      const before = w.mul(1);
      updateVariables({
        name: 'ResourceApplyKerasMomentum',
        variables: [w, v],
        inputs: [tf.scalar(0.5), gradient, tf.scalar(0.9)],
        attributes: float,
      });
      const between = w.mul(1);
      w.assign(w.add(100) as never);
      updateVariables({
        name: 'ResourceApplyGradientDescent',
        variables: [w],
        inputs: [tf.scalar(1), gradient],
        attributes: float,
      });
      return [before, between, w.mul(1)];
    };
    return { w, v, step };
  };
  const eager = make();
  const traced = make();
  const jitted = jit(traced.step);
  for (const gradient of [tf.tensor([1, -1]), tf.tensor([2, 4])]) {
    const kept = traced.w.clone();
    const was = values(kept);
    assert.deepEqual(jitted(gradient).map(values), eager.step(gradient).map(values));
    assert.deepEqual([values(traced.w), values(traced.v)], [values(eager.w), values(eager.v)]);
    assert.deepEqual(values(kept), was);
  }
  // v = 0.9 · (−0.5 · 1) − 0.5 · 2, as Keras defines its momentum.
  assert.deepEqual(
    values(traced.v).map((x) => x.toFixed(4)),
    ['-1.4500', '-1.5500'],
  );
});

test('when variables are assigned each other or new values, then every tensor keeps its own', () => {
  const [a, b] = [tf.variable(tf.tensor([1, 2])), tf.variable(tf.tensor([10, 20]))];
  const fn = jit((x: tf.Tensor) => {
    a.assign(a.add(x) as never);
    b.assign(b.add(x) as never);
    return x.mul(1);
  });
  const one = tf.scalar(1);
  fn(one);
  const swap = () =>
    tf.tidy(() => {
      const old = a.clone();
      a.assign(b as never);
      b.assign(old as never);
    });
  swap();
  const [keptA, keptB] = [a.clone(), b.clone()];
  fn(one);
  const all = () => [a, b, keptA, keptB].map(values);
  assert.deepEqual(all(), [
    [12, 22],
    [3, 4],
    [11, 21],
    [2, 3],
  ]);
  swap();
  fn(one);
  assert.deepEqual(
    [values(a), values(b)],
    [
      [4, 5],
      [13, 23],
    ],
  );
  const before = a.clone();
  a.assign(b as never);
  b.assign(tf.tensor([7, 7]) as never);
  fn(one);
  fn(one);
  // Assigns data whose value has changed since it belonged to b.
  b.assign(a as never);
  fn(one);
  assert.deepEqual(
    [values(a), values(b), values(before)],
    [
      [16, 26],
      [16, 26],
      [4, 5],
    ],
  );
  a.assign(tf.tensor([0, 0]) as never);
  a.dispose();
  b.assign(before as never);
  before.dispose();
  b.dispose();
  fn.dispose();
});

test('when a variable is created inside a jitted function from constants of a tidy, then it has their value', () => {
  let v: tf.Variable | undefined;
  const fn = jit((x: tf.Tensor) => {
    v ??= tf.variable(tf.tidy(() => tf.add(tf.tensor1d([1, 2]), tf.tensor1d([5, 6]))));
    return v.add(x);
  });
  assert.deepEqual(values(fn(tf.scalar(1))), [7, 9]);
  assert.deepEqual(values(fn(tf.scalar(2))), [8, 10]);
  fn.dispose();
});
