/** What tfjs-node 4.22 offers besides tfjs, as a user's CommonJS program calls it. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const tf = require('@tensorflow/tfjs-node');
const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node/dist/nodejs_kernel_backend');
const { Int64Scalar } = require('@tensorflow/tfjs-node/dist/int64_tensors');
const { NodeFileSystem } = require('@tensorflow/tfjs-node/dist/io/file_system');
require('@tensorflow/tfjs-node/dist/register_all_kernels');

const [savedModel] = process.argv.slice(2);

function backend() {
  assert.equal(tf.getBackend(), 'tensorflow');
  assert.equal(tf.version['tfjs-node'], '4.22.1');
  const active = tf.backend();
  assert.ok(active instanceof NodeJSKernelBackend);
  assert.equal(active.isUsingGpuDevice, active.isGPUPackage);
  assert.match(active.binding.TF_Version, /^2\./);
  const sum = active.executeSingleOutput(
    'AddV2',
    [{ name: 'T', type: active.binding.TF_ATTR_TYPE, value: active.binding.TF_INT64 }],
    [new Int64Scalar(2), new Int64Scalar(3)],
  );
  assert.deepEqual([...sum.dataSync()], [5n]);
}

function images() {
  const picture = tf.tensor3d([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9], [2, 2, 3], 'int32');
  return Promise.all([tf.node.encodePng(picture), tf.node.encodeJpeg(picture)]).then(
    ([png, jpeg]) => {
      assert.deepEqual(tf.node.decodePng(png).arraySync(), picture.arraySync());
      assert.deepEqual(tf.node.decodeImage(png, 3).arraySync(), picture.arraySync());
      assert.deepEqual(tf.node.decodeJpeg(jpeg).shape, [2, 2, 3]);
      assert.throws(() => tf.node.decodeImage(new Uint8Array(16)), /image/i);
    },
  );
}

async function savedModels() {
  const [graph] = await tf.node.getMetaGraphsFromSavedModel(savedModel);
  assert.ok('serving_default' in graph.signatureDefs);
  const model = await tf.node.loadSavedModel(savedModel);
  assert.equal(tf.node.getNumOfSavedModels(), 1);
  assert.deepEqual(model.predict({ x: tf.tensor2d([[1, 0, 0]]) }).y.arraySync(), [[1, 2]]);
  model.dispose();
  assert.equal(tf.node.getNumOfSavedModels(), 0);
}

/** Trains with all callbacks; `verbose: 1` draws ProgbarLogger's lines. The zeros of a fresh bias are all equal. */
async function training() {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const [x, y] = [tf.zeros([8, 3]), tf.zeros([8, 2])];
  const callbacks = tf.node.tensorBoard('logs', { histogramFreq: 1, updateFreq: 'batch' });
  await model.fit(x, y, { epochs: 2, verbose: 1, validationData: [x, y], callbacks });
  const events = fs
    .readdirSync('logs', { recursive: true })
    .filter((name) => /tfevents/.test(name));
  assert.ok(events.length > 0);

  const writer = tf.node.summaryFileWriter('summary');
  writer.scalar('loss', 0.5, 1);
  writer.histogram('equal', tf.zeros([4]), 1);
  writer.histogram('different', tf.tensor1d([1, 2, 3]), 1);
  writer.flush();

  await model.save('file://model');
  const handler = tf.io.fileSystem('model/model.json');
  assert.ok(handler instanceof NodeFileSystem);
  for (const source of ['file://model/model.json', handler]) {
    const loaded = await tf.loadLayersModel(source);
    assert.deepEqual(loaded.predict(x).arraySync(), model.predict(x).arraySync());
  }
}

async function main() {
  backend();
  await images();
  await savedModels();
  await training();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
