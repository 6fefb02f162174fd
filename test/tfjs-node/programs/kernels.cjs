/** Bobbin's corrections of tfjs-node's kernels, called through the alias. */
const assert = require('node:assert/strict');
const tf = require('@tensorflow/tfjs-node');

const large = [16777217, -123456789, 2147483647];
assert.deepEqual([...tf.round(tf.tensor1d(large, 'int32')).dataSync()], large);

assert.deepEqual(tf.concat([tf.scalar(1), tf.scalar(2)]).arraySync(), [1, 2]);

// Each of the 2 × 2 pixels becomes 4 of the 4 × 4, so the gradient of their sum is 4.
for (const resize of [tf.image.resizeNearestNeighbor, tf.image.resizeBilinear]) {
  const gradient = tf.grad((image) => resize(image, [4, 4]).sum())(tf.ones([1, 2, 2, 1]));
  assert.equal(gradient.sum().arraySync(), 16);
}

const { binding } = tf.backend();
const id = binding.createTensor([1, 1], binding.TF_FLOAT, new Float32Array([1]));
for (const value of [null, {}, 'test', [1, 2, 3]]) {
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value }];
  assert.throws(() => binding.executeOp('MatMul', attributes, [id, id], 1));
}

// TopK asks the function of Node's util that Node 24 no longer has.
assert.deepEqual(tf.topk(tf.tensor1d([1, 3, 2]), 2).values.arraySync(), [3, 2]);
