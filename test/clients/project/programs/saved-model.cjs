/** Loads a SavedModel that TensorFlow's Python wrote, and runs it. */
const assert = require('node:assert/strict');
const tf = require('@tensorflow/tfjs-node');

async function main() {
  const signatures = await tf.node.getMetaGraphsFromSavedModel('saved-model');
  assert.deepEqual(signatures[0].tags, ['serve']);
  const model = await tf.node.loadSavedModel('saved-model');
  const x = tf.tensor2d([1, 0, 0, 1, 1, 1], [2, 3]);
  const { y } = model.predict({ x });
  // The model multiplies by [[1, 2], [3, 4], [5, 6]].
  assert.deepEqual(y.arraySync(), [
    [1, 2],
    [9, 12],
  ]);
  model.dispose();
  assert.equal(tf.node.getNumOfSavedModels(), 0);
  console.log('its product is right');
}

void main();
