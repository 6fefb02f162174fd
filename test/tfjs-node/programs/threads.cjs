/** The alias in the main thread and two workers at the same time: each has its own tensors, and all share TensorFlow. */
const assert = require('node:assert/strict');
const { once } = require('node:events');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const tf = require('@tensorflow/tfjs-node');

async function train() {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [tf.ones([8, 2]), tf.zeros([8, 1])];
  const { history } = await model.fit(x, y, { epochs: 20, verbose: 0 });
  tf.dispose([x, y, model.optimizer, model]);
  return { losses: history.loss, tensors: tf.memory().numTensors };
}

async function main() {
  const workers = [0, 1].map(() => new Worker(__filename));
  const ends = workers.map((worker) => once(worker, 'exit'));
  const results = await Promise.all([
    train(),
    ...workers.map(async (worker) => (await once(worker, 'message'))[0]),
  ]);
  for (const { losses, tensors } of results) {
    assert.ok(losses.at(-1) < losses[0], `${losses}`);
    assert.equal(tensors, 0);
  }
  assert.deepEqual(await Promise.all(ends), [[0], [0]]);
}

// A rejection ends the thread with an error.
void (isMainThread ? main() : train().then((result) => parentPort.postMessage(result)));
