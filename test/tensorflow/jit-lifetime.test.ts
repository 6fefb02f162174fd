/** The lifetime of what jitted functions hold: tensors, variables, models, memory, threads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import '../../src/model/index.js';
import { jit, memory, tf } from '../../src/tensorflow/index.js';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const scalar = (value: number) => tf.scalar(value);
const left = () => ({ ...memory(), js: tf.memory().numTensors });

function counter() {
  const w = tf.variable(tf.scalar(1));
  const add = jit((x: tf.Tensor) => {
    w.assign(w.add(x) as never);
    return w.mul(1);
  });
  return { w, add };
}

/** A model, a jitted step that lowers its output by plain gradient descent, and its first output. */
function lowered() {
  const { layers } = tf;
  const model = tf.sequential({
    layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
  });
  const optimizer = tf.train.sgd(0.5);
  const step = jit((x: tf.Tensor) => {
    const output = () => (model.apply(x) as tf.Tensor).mean() as tf.Scalar;
    const { value, grads } = tf.variableGrads(output);
    optimizer.applyGradients(grads as never);
    return value;
  });
  return { model, step };
}

test('when a jitted training step runs 10,000 times, then memory and tensors do not grow', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, inputShape: [4], activation: 'relu' }),
      tf.layers.batchNormalization(),
      tf.layers.dropout({ rate: 0.1 }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const optimizer = tf.train.adam(0.001);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const step = jit((x: tf.Tensor) => {
    const loss = () => (model.apply(x, { training: true }) as tf.Tensor).square().mean();
    const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, variables);
    optimizer.applyGradients(grads as never);
    return value;
  });
  const x = tf.randomNormal([4, 4], 0, 1, 'float32', 1);
  const run = (calls: number) => {
    for (let i = 0; i < calls; i++) {
      step(x).dispose();
    }
  };
  run(1000);
  const before = left();
  const { rss } = process.memoryUsage();
  run(9000);
  assert.deepEqual(left(), before);
  // The heap's growth between two collections; a leak of 2 kB a call would be more.
  assert.ok(process.memoryUsage.rss() - rss < 16e6, `${process.memoryUsage.rss() - rss} bytes`);
  step.dispose();
});

test('when a jitted function is called in a tidy, then only its results are freed with it', () => {
  const { w, add } = counter();
  const x = scalar(1);
  tf.tidy(() => {
    add(x);
  });
  const before = left();
  for (let i = 0; i < 3; i++) {
    tf.tidy(() => {
      add(x);
    });
  }
  assert.deepEqual(left(), before);
  assert.deepEqual(values(w), [5]);
  add.dispose();
  assert.deepEqual(values(add(x)), [6]);
  assert.equal(add.traces, 1);
  add.dispose();
  assert.equal(memory().functions, before.functions - 1);
});

test('when tensors are captured, passed twice, disposed of inside or handed through, then results equal those of eager code', () => {
  const [small, large] = [tf.tensor1d([1, 2]), tf.ones([2000])];
  const fn = jit((x: tf.Tensor, y: tf.Tensor) => {
    const product = x.mul(y);
    x.dispose();
    return [y, small, small, product.add(small).sum().add(large.sum())];
  });
  const x = tf.tensor1d([2, 3]);
  const results = [fn(x, x), fn(x, x), fn(x, x)];
  tf.dispose([small, large, ...(results[0] as tf.Tensor[])]);
  for (const list of results.slice(1)) {
    assert.deepEqual(list.map(values), [[2, 3], [1, 2], [1, 2], [2016]]);
  }
  const last = fn(tf.tensor1d([0, 0]), x).map(values);
  assert.deepEqual(last, [[2, 3], [1, 2], [1, 2], [2003]]);
  assert.deepEqual(values(x), [2, 3]);
  fn.dispose();
});

test('when jitted functions share variables, call each other and take variables, then each sees the others’ changes’ changes', () => {
  const { w, add } = counter();
  const twice = jit((x: tf.Tensor) => {
    const first = add(x);
    return [first, add(x)];
  });
  assert.deepEqual(twice(scalar(2)).map(values), [[3], [5]]);
  assert.deepEqual(values(add(scalar(1))), [6]);
  assert.deepEqual(twice(scalar(1)).map(values), [[7], [8]]);
  const double = jit((variable: tf.Variable) => {
    variable.assign(variable.mul(2) as never);
    return variable;
  });
  assert.equal(double(w), w);
  assert.deepEqual(values(w), [16]);
  const other = tf.variable(tf.scalar(1));
  assert.deepEqual(values(double(other)), [2]);
  assert.equal(double.traces, 2);
  for (const fn of [add, twice, double]) {
    fn.dispose();
  }
});

test('when a gradient is custom, then a jitted function uses it', () => {
  const sevenfold = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy, [saved]) => tf.mul(dy, tf.mul(saved as tf.Tensor, 7)),
    };
  });
  const fn = jit((x: tf.Tensor) => tf.grad((y) => sevenfold(y).sum())(x));
  for (const list of [
    [1, 2],
    [3, 4],
  ]) {
    assert.deepEqual(
      values(fn(tf.tensor1d(list))),
      list.map((v) => 7 * v),
    );
  }
  fn.dispose();
});

test('when weights are set, saved or loaded between calls, then calls and files have them', async () => {
  const { model, step } = lowered();
  const x = tf.ones([1, 2]);
  assert.deepEqual(values(step(x)), [2]);
  assert.deepEqual(model.getWeights().map(values), [[0.5, 0.5], [-0.5]]);
  model.setWeights([tf.fill([2, 1], 4), tf.zeros([1])]);
  assert.deepEqual(values(await step.async(x)), [8]);
  let saved: Float32Array | undefined;
  const handler = tf.io.withSaveHandler(async ({ weightData }) => {
    saved = new Float32Array(weightData as ArrayBuffer);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  const call = step.async(x);
  await assert.rejects(model.save(handler), /no call under way that changes the variable/);
  assert.deepEqual(values(await call), [6.5]);
  await model.save(handler);
  assert.deepEqual([...(saved as Float32Array)], [3, 3, -1]);
  await step.async(x);
  const names = model.weights.map(({ originalName }) => originalName) as [string, string];
  model.loadWeights({ [names[0]]: tf.tensor2d([3, 3], [2, 1]), [names[1]]: tf.tensor1d([-1]) });
  assert.deepEqual(values(await step.async(x)), [5]);
  step.dispose();
});

test('when a model is disposed of, then current calls finish, and later ones are refused', async () => {
  const { model, step } = lowered();
  const x = tf.ones([1, 2]);
  step(x);
  const calls = [step.async(x), step.async(x)];
  model.dispose();
  assert.deepEqual((await Promise.all(calls)).map(values), [[0.5], [-1]]);
  const message = /a live variable for dense.*kernel but it was disposed/;
  assert.throws(() => step(x), message);
  await assert.rejects(step.async(x), message);
  step.dispose();
});

test('when a function is disposed of or its trace dropped during calls, then the calls finish normally', async () => {
  const { w, add } = counter();
  const before = memory().functions;
  const calls = [add.async(scalar(1)), add.async(scalar(1))];
  add.dispose();
  assert.deepEqual((await Promise.all(calls)).map(values), [[2], [3]]);
  assert.equal(memory().functions, before);
  const sum = jit((x: tf.Tensor) => x.sum().mul(w), { maxTraces: 1 });
  const sums = [1, 2, 3].map((length) => sum.async(tf.ones([length])));
  assert.deepEqual((await Promise.all(sums)).map(values), [[3], [6], [9]]);
  assert.equal(memory().functions, before + 1);
  sum.dispose();
});

test('when threads jit their own functions, then each has its variables, and the threads end', async () => {
  const built = new URL('../../dist/index.js', import.meta.url).href;
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(${JSON.stringify(built)}).then(async ({ jit, tf }) => {
      const w = tf.variable(tf.scalar(workerData));
      const add = jit((x) => { w.assign(w.add(x)); return w.mul(1); });
      for (let i = 0; i < 50; i++) await add.async(tf.scalar(1));
      parentPort.postMessage(add(tf.scalar(1)).dataSync()[0]);
    });`;
  const started = [10, 20].map((workerData) => new Worker(program, { eval: true, workerData }));
  const results = started.map(
    (worker) =>
      new Promise((resolve, reject) => {
        let message: unknown;
        worker.on('message', (value) => {
          message = value;
        });
        worker.on('error', reject);
        worker.on('exit', (code) => resolve([code, message]));
      }),
  );
  assert.deepEqual(await Promise.all(results), [
    [0, 61],
    [0, 71],
  ]);
});
