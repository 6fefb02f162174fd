/** A test file of Jest, whose module system cannot require an ES module. */
test('kernels', () => {
  require('./kernels.cjs');
});
