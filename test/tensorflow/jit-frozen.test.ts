/** Frozen functions: variables as constants, which never give old values. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { jit, memory, tf, updateVariables } from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const scalar = (value: number) => tf.scalar(value);

/** A variable of 8 KiB, too large to be a constant of an ordinary trace, and a frozen function that sums x · w. */
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

test('when variables change before most calls, then a warning advises against frozen', async () => {
  const { w, fn } = weighted();
  const warned = once(process, 'warning');
  for (let round = 0; round < 6; round++) {
    fn(scalar(1)).dispose();
    w.assign(tf.fill([2048], round) as never);
  }
  const [{ message }] = (await warned) as [Error];
  assert.match(message, /^jit: function was traced again 5 times, because variables had changed/);
  fn.dispose();
});
