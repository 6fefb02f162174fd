/** Errors of a jitted function name the user's line, and it works again afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jit, memory, tf } from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const scalar = (value: number) => tf.scalar(value);

const refused: Record<string, [fn: (x: tf.Tensor) => unknown, message: RegExp]> = {
  'dataSync()': [(x) => x.mul(x.dataSync()[0] as number), /no tensor to be read while/],
  'data(), whose failure nobody hears': [(x) => void x.data().catch(() => {}), /no tensor to be/],
  'print()': [(x) => x.print(), /no tensor to be read/],
  'a read whose error is caught': [
    (x) => {
      try {
        x.arraySync();
      } catch {
        return x;
      }
      return undefined;
    },
    /no tensor to be read/,
  ],
  'Math.random()': [(x) => x.mul(Math.random()), /Math\.random\(\) would be drawn once/],
  'a variable in each call': [
    (x) => tf.variable(tf.scalar(1)).add(x),
    /creates a variable on a later call/,
  ],
  'a call by .async': [(x) => inner.async(x), /no call by \.async within a jitted function/],
};
const inner = jit((x: tf.Tensor) => x.add(1));

for (const [what, [fn, message]] of Object.entries(refused)) {
  test(`when a jitted function has ${what}, then the error names the line, and other functions still work`, () => {
    const jitted = jit(fn);
    const { random } = Math;
    const line = new RegExp(
      `jit: .*${message.source}.*\\(at .*jit-refusals\\.test\\.ts:\\d+:\\d+\\)`,
    );
    for (let i = 0; i < 2; i++) {
      assert.throws(() => jitted(scalar(2)), line);
    }
    assert.equal(jitted.traces, 0);
    assert.equal(Math.random, random);
    assert.deepEqual(values(inner(scalar(2))), [3]);
  });
}

test('when a jitted function is asynchronous or does not return tensors, then the error says so', () => {
  const asynchronous = jit(async function mine(x: tf.Tensor) {
    return x;
  });
  assert.throws(() => asynchronous(scalar(1)), /synchronous function but received mine/);
  const whole = jit((x: bigint) => tf.scalar(Number(x)));
  assert.throws(() => whole(1n), /arrays or plain objects for the arguments of function\[0\]/);
  const foreign = jit(() => new Map());
  assert.throws(() => foreign(), /arrays or plain objects for the result of function/);
  const disposed = scalar(1);
  disposed.dispose();
  assert.throws(() => inner(disposed), /a live tensor for the arguments of function\[0\]/);
});

test('when shapes depend on values, then the error names the op and the line', () => {
  const mask = jit((x: tf.Tensor) => tf.unique(x as tf.Tensor1D).values);
  assert.throws(
    () => mask(tf.tensor1d([1, 1])),
    /jit: Unique.*depends on their values.*\(at .*jit-refusals\.test\.ts:\d+/,
  );
});

test('when shapes keep changing, then each is traced and one warning names the line', async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on('warning', listen);
  const fn = jit(
    function total(x: tf.Tensor) {
      return x.sum();
    },
    { maxTraces: 8 },
  );
  for (let i = 1; i <= 12; i++) {
    assert.deepEqual(values(fn(tf.ones([i]))), [i]);
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] as string, /total was traced 5 times \(at .*jit-refusals\.test\.ts:\d+/);
  assert.equal(fn.traces, 8);
  fn.dispose();
});

test('when a jitted function throws, then variables do not change, nothing leaks, and the next call works', () => {
  const w = tf.variable(tf.scalar(1));
  let fails = true;
  const step = jit((x: tf.Tensor) => {
    const { value, grads } = tf.variableGrads(() => {
      const y = w.mul(x).sum() as tf.Scalar;
      w.assign(w.add(1) as never);
      return y;
    }, [w]);
    if (fails) {
      throw new Error('mine');
    }
    w.assign(w.sub(grads[w.name] as tf.Tensor) as never);
    return value;
  });
  const x = scalar(3);
  assert.throws(() => step(x), /^Error: mine$/);
  const left = () => [memory(), tf.memory().numTensors];
  const before = left();
  for (let i = 0; i < 5; i++) {
    assert.throws(() => step(x), /^Error: mine$/);
  }
  assert.deepEqual(left(), before);
  assert.deepEqual(values(w), [1]);
  fails = false;
  assert.deepEqual(values(step(x)), [3]);
  assert.deepEqual(values(w), [1 + 1 - 3]);
  step.dispose();
});

test('when a tensor outlives its trace, then the error says to return it', () => {
  let kept: tf.Tensor | undefined;
  const fn = jit((x: tf.Tensor) => {
    kept = tf.keep(x.add(1));
    return x.mul(2);
  });
  assert.deepEqual(
    [1, 2].map((x) => values(fn(scalar(x)))),
    [[2], [4]],
  );
  assert.throws(() => kept?.dataSync(), /from inside a traced function\. Return it/);
  assert.throws(() => kept?.add(1), /from inside a traced function\. Return it/);
  const other = jit((x: tf.Tensor) => x.add(kept as tf.Tensor));
  assert.throws(() => other(scalar(1)), /one of an earlier trace/);
  kept?.dispose();
  fn.dispose();
});

test('when a current call uses a variable, then writing and reading it wait for the promise', async () => {
  const w = tf.variable(tf.scalar(1));
  const read = jit((x: tf.Tensor) => w.add(x));
  const write = jit((x: tf.Tensor) => {
    w.assign(w.add(x) as never);
    return w.mul(1);
  });
  values(read(scalar(0)));
  const reading = read.async(scalar(1));
  assert.throws(() => write(scalar(1)), /no call under way that uses the variable/);
  assert.deepEqual(values(w), [1]);
  assert.deepEqual(values(read(scalar(4))), [5]);
  w.assign(tf.scalar(100));
  assert.throws(() => read(scalar(1)), /no call under way that uses the variable/);
  assert.deepEqual(values(await reading), [2]);
  const writing = write.async(scalar(1));
  assert.throws(() => values(w), /no call under way that changes the variable/);
  assert.throws(() => read(scalar(1)), /no call under way that changes the variable/);
  assert.deepEqual(values(await writing), [101]);
  assert.deepEqual(values(read(scalar(1))), [102]);
  for (const fn of [read, write]) {
    fn.dispose();
  }
});
