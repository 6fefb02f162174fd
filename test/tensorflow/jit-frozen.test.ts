/** Frozen functions: what follows from variables is computed once, and never gives old values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Attribute,
  executeOp,
  jit,
  memory,
  tf,
  updateVariables,
} from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const scalar = (value: number) => tf.scalar(value);
const [int32, float32] = ['int32', 'float32'].map(
  (value) => ({ type: 'dtype', value }) as const,
) as [Attribute, Attribute];

/** A variable of 8 KiB, too large to be a constant of a graph, and a frozen function that sums x · w. */
function weighted() {
  const w = tf.variable(tf.ones([2048]));
  const fn = jit((x: tf.Tensor) => w.mul(x).sum(), { frozen: true });
  return { w, fn };
}

test('when a variable is assigned, updated in place or written by another function, then a frozen function has the new value', async () => {
  const { w, fn } = weighted();
  const x = scalar(1);
  assert.deepEqual(values(fn(x)), [2048]);
  assert.deepEqual(values(fn(scalar(2))), [4096]);
  w.assign(tf.fill([2048], 3) as never);
  assert.deepEqual(values(fn(x)), [3 * 2048]);
  const one = { variables: [w], inputs: [tf.ones([2048])] };
  const dtype = { dtype: { type: 'dtype', value: 'float32' } } as const;
  updateVariables({ name: 'AssignAddVariableOp', ...one, attributes: dtype });
  assert.deepEqual(values(fn(x)), [4 * 2048]);
  const add = jit(() => {
    w.assign(w.add(1) as never);
    return w.max();
  });
  add();
  assert.deepEqual(values(await fn.async(x)), [5 * 2048]);
  await add.async();
  assert.deepEqual(values(await fn.async(x)), [6 * 2048]);
  assert.equal(fn.traces, 1);
  fn.dispose();
  add.dispose();
});

test('when a call writes a variable meanwhile, then a frozen call that needs its value is refused, and one under way keeps the old', async () => {
  const { w, fn } = weighted();
  const x = scalar(1);
  fn(x);
  const write = jit(() => {
    w.assign(w.add(1) as never);
    return w.max();
  });
  const reading = fn.async(x);
  const writing = write.async();
  await assert.rejects(fn.async(x), /no call under way that changes the variable/);
  assert.deepEqual(values(await reading), [2048]);
  await writing;
  assert.deepEqual(values(fn(x)), [4096]);
  fn.dispose();
  write.dispose();
});

test('when a frozen function writes a variable, then this one is no constant, and calls see each other', () => {
  const [w, count] = [tf.variable(tf.fill([2048], 2)), tf.variable(scalar(0))];
  const fn = jit(
    () => {
      const before = count.mul(w.max());
      count.assign(count.add(1) as never);
      const made = created ?? tf.variable(tf.zeros([1]));
      created = made;
      made.assign(made.add(count) as never);
      return [before, count, made.mul(1)];
    },
    { frozen: true },
  );
  let created: tf.Variable | undefined;
  const results = [fn(), fn(), fn()].map((list) => list.map((each) => values(each)[0]));
  assert.deepEqual(
    results.map(([before, , made]) => [before, made]),
    [
      [0, 1],
      [2, 3],
      [4, 6],
    ],
  );
  assert.deepEqual(values(count), [3]);
  w.assign(tf.fill([2048], 10) as never);
  assert.deepEqual(values(fn()[0] as tf.Tensor), [30]);
  fn.dispose();
});

test('when a frozen function or one of its variables is disposed of, then its copies are freed', () => {
  const before = memory();
  const { w, fn } = weighted();
  fn(scalar(1)).dispose();
  assert.equal(memory().functions, before.functions + 1);
  w.assign(tf.zeros([2048]) as never);
  fn(scalar(1)).dispose();
  assert.equal(memory().functions, before.functions + 1);
  fn.dispose();
  assert.equal(memory().functions, before.functions);
  fn(scalar(1)).dispose();
  w.dispose();
  assert.equal(memory().functions, before.functions);
  assert.throws(() => fn(scalar(1)), /disposed/);
  assert.equal(memory().functions, before.functions);
});

test('when variables change before most calls, then a frozen function follows them and is not traced again', () => {
  const w = tf.variable(tf.zeros([2048]));
  let traced = 0;
  const fn = jit(
    (x: tf.Tensor) => {
      traced++;
      return w.mul(x).sum();
    },
    { frozen: true },
  );
  for (let round = 0; round < 9; round++) {
    w.assign(tf.fill([2048], round) as never);
    assert.deepEqual(values(fn(scalar(1))), [2048 * round]);
  }
  // The first trace, and one for each of the five changes that it bears.
  assert.equal(traced, 6);
  fn.dispose();
});

test('when an op follows from variables alone, then a frozen function computes it once, but one with a state each time', () => {
  const w = tf.variable(tf.fill([2048], 3));
  const fn = jit(
    (x: tf.Tensor) => {
      const squared = w.square();
      assert.equal(squared.dataSync()[0], 9);
      const call = {
        inputs: [tf.tensor1d([2048], 'int32')],
        attributes: { T: int32, dtype: float32 },
      };
      return [squared.mul(x), ...executeOp({ name: 'RandomUniform', ...call })];
    },
    { frozen: true },
  );
  const [first, second] = [fn(scalar(1)), fn(scalar(2))] as [tf.Tensor, tf.Tensor][];
  assert.deepEqual(
    [first, second].map((results) => results?.[0].dataSync()[0]),
    [9, 18],
  );
  assert.notDeepEqual(
    values((first as tf.Tensor[])[1] as tf.Tensor),
    values((second as tf.Tensor[])[1] as tf.Tensor),
  );
  fn.dispose();
});
