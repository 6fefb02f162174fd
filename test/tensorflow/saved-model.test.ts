/** A SavedModel written by TensorFlow's Python (test/fixtures/make_tensorflow.py): loaded, run, freed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runtime } from '../../src/tensorflow/configuration.js';
import { loadSavedModel, memory, tf } from '../../src/tensorflow/index.js';

const folder = fileURLToPath(new URL('../fixtures/saved-model', import.meta.url));

test('when a signature is run, then its variables have the saved values', async () => {
  const before = memory();
  const model = await loadSavedModel(folder);
  assert.equal(runtime().getNumOfSavedModels(), 1);
  const x = tf.tensor2d([1, 0, 0, 1, 1, 1], [2, 3]);
  const y = model.predict({ x }) as unknown as { y: tf.Tensor };
  // x·w with w = [[1, 2], [3, 4], [5, 6]].
  assert.deepEqual(y.y.arraySync(), [
    [1, 2],
    [9, 12],
  ]);
  tf.dispose([x, y.y]);
  model.dispose();
  assert.equal(runtime().getNumOfSavedModels(), 0);
  assert.deepEqual(memory(), before);
});

test('when a signature takes bytes and 64-bit integers, then int32 tensors are converted to them', async () => {
  const before = memory();
  const model = await loadSavedModel(folder, { signature: 'add' });
  const [bytes, longs] = [tf.tensor1d([255, 1], 'int32'), tf.tensor1d([1000, 2], 'int32')];
  const { sum } = model.predict({ bytes, longs }) as unknown as { sum: tf.Tensor };
  assert.deepEqual(sum.arraySync(), [1255, 3]);
  tf.dispose([bytes, longs, sum]);
  model.dispose();
  assert.deepEqual(memory(), before);
});

test('when an input has the wrong shape, then the error is TensorFlow’s', async () => {
  const model = await loadSavedModel(folder);
  const x = tf.ones([2, 4]);
  assert.throws(() => model.predict({ x } as never), {
    message: /^runSavedModel: .*Matrix size-incompatible/s,
    code: 'INVALID_ARGUMENT',
  });
  model.dispose();
  x.dispose();
});

test('when there are more tensors than inputs, then the error counts both', async () => {
  const model = await loadSavedModel(folder);
  const x = tf.ones([2, 3]);
  assert.throws(() => model.predict([x, x] as never), {
    message: 'Length of input op names (1) does not match the length of input tensors (2).',
  });
  model.dispose();
  x.dispose();
});

test('when folder, tags or signature are missing, then the error says which', async () => {
  await assert.rejects(loadSavedModel('/no/such/model'), /no saved_model.pb .*\/no\/such\/model/);
  await assert.rejects(loadSavedModel(folder, { tags: ['gpu'] }), /does not have tags: gpu/);
  await assert.rejects(loadSavedModel(folder, { signature: 'x' }), /not have signature: x/);
  assert.throws(() => runtime().loadSavedModel(folder, 'gpu'), {
    message: /^loadSavedModel\(.*saved-model\): .*tags/s,
    code: 'NOT_FOUND',
  });
});
