/** A test file of Jest, whose module system cannot require an ES module. */
test('kernels', () => {
  require('./kernels.cjs');
});

test('modules that are loaded again', () => {
  const before = require('@tensorflow/tfjs-node').tensor([3]);
  jest.resetModules();
  const tf = require('@tensorflow/tfjs-node');
  const { jit } = require('bobbin/tensorflow');
  expect([...jit((x) => tf.mul(x, 2))(before).dataSync()]).toEqual([6]);
});
