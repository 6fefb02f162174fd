/** A program on a machine without Bobbin's addon: tfjs computes, and functions that need TensorFlow say so. */
const assert = require('node:assert/strict');
const tf = require('@tensorflow/tfjs-node');
require('@tensorflow/tfjs-node/dist/kernels/TopK');
const {
  NodeJSKernelBackend,
  ensureTensorflowBackend,
} = require('@tensorflow/tfjs-node/dist/nodejs_kernel_backend');
const { Int64Scalar } = require('@tensorflow/tfjs-node/dist/int64_tensors');

async function main() {
  assert.equal(tf.getBackend(), 'cpu');
  assert.equal(tf.version['tfjs-node'], '4.22.1');
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await model.fit(tf.ones([4, 2]), tf.ones([4, 1]), { epochs: 1, verbose: 0 });
  await model.save('file://model');
  const loaded = await tf.loadLayersModel('file://model/model.json');
  assert.deepEqual(
    loaded.predict(tf.ones([1, 2])).dataSync(),
    model.predict(tf.ones([1, 2])).dataSync(),
  );

  const sentence = /^Error: @bobbin\/tfjs-node: This needs TensorFlow, but [^.\n]+\.$/;
  const png = Uint8Array.from({ length: 16 }, (_, i) => [137, 80, 78, 71, 13, 10, 26, 10][i] ?? 0);
  assert.throws(() => tf.node.decodeImage(png), sentence);
  assert.throws(() => tf.node.summaryFileWriter('logs'), sentence);
  await assert.rejects(tf.node.loadSavedModel('model'), sentence);
  assert.throws(ensureTensorflowBackend, sentence);
  for (const Class of [NodeJSKernelBackend, Int64Scalar]) {
    assert.throws(() => new Class(1), sentence);
    assert.ok(!(tf.backend() instanceof Class));
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
