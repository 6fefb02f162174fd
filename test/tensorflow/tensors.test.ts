/** Values in and out of TensorFlow's table: every dtype, ownership of memory, and errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runtime } from '../../src/tensorflow/configuration.js';
import type { TensorValues } from '../../src/tensorflow/native-tensorflow.js';

const binding = runtime();
const encode = (text: string) => new Uint8Array(Buffer.from(text));

const cases: { name: string; dtype: number; shape: number[]; values: TensorValues }[] = [
  {
    name: 'float32',
    dtype: binding.TF_FLOAT,
    shape: [2, 2],
    values: Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY),
  },
  {
    name: 'int32',
    dtype: binding.TF_INT32,
    shape: [3],
    values: Int32Array.of(-2147483648, 0, 2147483647),
  },
  {
    name: 'int64',
    dtype: binding.TF_INT64,
    shape: [2],
    values: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n),
  },
  { name: 'bool', dtype: binding.TF_BOOL, shape: [1, 3], values: Uint8Array.of(1, 0, 1) },
  { name: 'uint8', dtype: binding.TF_UINT8, shape: [2, 1], values: Uint8Array.of(0, 255) },
  {
    name: 'complex64',
    dtype: binding.TF_COMPLEX64,
    shape: [2],
    values: Float32Array.of(1, 2, 3, 4),
  },
  {
    name: 'string',
    dtype: binding.TF_STRING,
    shape: [4],
    // TensorFlow keeps strings to 22 bytes in place and longer ones on the heap.
    values: ['', 'x'.repeat(22), 'ä→'.repeat(500), '\0a\xff'].map(encode),
  },
  { name: 'an empty tensor', dtype: binding.TF_FLOAT, shape: [0, 3], values: new Float32Array(0) },
  { name: 'a scalar', dtype: binding.TF_FLOAT, shape: [], values: Float32Array.of(7) },
];

for (const { name, dtype, shape, values } of cases) {
  test(`when ${name} goes in, then the same values, shape and dtype come out`, () => {
    const before = binding.getNumOfTensors();
    const id = binding.createTensor(shape, dtype, values);
    const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: dtype }];
    const [copy] = binding.executeOp('Identity', attributes, [id], 1);
    assert.deepEqual(binding.tensorDataSync(id), values);
    assert.deepEqual({ ...copy, id: 0 }, { id: 0, shape, dtype });
    assert.deepEqual(binding.tensorDataSync((copy as { id: number }).id), values);
    binding.deleteTensor(id);
    binding.deleteTensor((copy as { id: number }).id);
    assert.equal(binding.getNumOfTensors(), before);
  });
}

test('when an int64 comes as the halves that tfjs writes, then they are joined', () => {
  const id = binding.createTensor([2], binding.TF_INT64, Int32Array.of(5, 0, -2, -1));
  assert.deepEqual(binding.tensorDataSync(id), BigInt64Array.of(5n, -2n));
  binding.deleteTensor(id);
});

test('when a resource is read and created again, then it is the same variable', () => {
  const type = (name: string) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const shape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [2] };
  const [variable] = binding.executeOp('VarHandleOp', [type('dtype'), shape], [], 1);
  const value = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, 4));
  const handle = (variable as { id: number; dtype: number }).id;
  assert.equal((variable as { dtype: number }).dtype, binding.TF_RESOURCE);
  binding.executeOp('AssignVariableOp', [type('dtype')], [handle, value], 0);

  const bytes = binding.tensorDataSync(handle);
  const again = binding.createTensor([], binding.TF_RESOURCE, bytes);
  const [read] = binding.executeOp('ReadVariableOp', [type('dtype')], [again], 1);
  const id = (read as { id: number }).id;
  assert.deepEqual(binding.tensorDataSync(id), Float32Array.of(3, 4));
  for (const tensor of [handle, value, again, id]) {
    binding.deleteTensor(tensor);
  }
});

test('when an input or output array is changed, then the tensor does not change', () => {
  const values = Float32Array.of(1, 2, 3);
  const id = binding.createTensor([3], binding.TF_FLOAT, values);
  values.fill(9);
  (binding.tensorDataSync(id) as Float32Array).fill(8);
  assert.deepEqual(binding.tensorDataSync(id), Float32Array.of(1, 2, 3));
  binding.deleteTensor(id);
});

test('when a view of a larger buffer is given, then only its part is copied', () => {
  const id = binding.createTensor([2], binding.TF_INT32, Int32Array.of(1, 2, 3, 4).subarray(1, 3));
  assert.deepEqual(binding.tensorDataSync(id), Int32Array.of(2, 3));
  binding.deleteTensor(id);
});

test('when values do not fit the dtype or the shape, then the error says what was expected', () => {
  const before = binding.getNumOfTensors();
  assert.throws(
    () => binding.createTensor([2], binding.TF_FLOAT, Int32Array.of(1, 2)),
    /Expected a Float32Array for createTensor's values/,
  );
  assert.throws(
    () => binding.createTensor([2, 2], binding.TF_FLOAT, Float32Array.of(1, 2)),
    /Expected 16 bytes for createTensor's values but received 8/,
  );
  assert.throws(
    () => binding.createTensor([2], binding.TF_STRING, [encode('a')]),
    /Expected 2 strings for createTensor's values but received 1/,
  );
  assert.throws(
    () => binding.createTensor([1], 21, Uint8Array.of(1)),
    /Expected a dtype of uint8, float32.* but received TensorFlow's dtype 21/,
  );
  assert.equal(binding.getNumOfTensors(), before);
});

test('when a tensor was deleted, then the error names its number', () => {
  const id = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(1));
  binding.deleteTensor(id);
  const refused = new RegExp(`Expected a live tensor's number but received ${id}`);
  assert.throws(() => binding.deleteTensor(id), refused);
  assert.throws(() => binding.tensorDataSync(id), refused);
  assert.throws(() => binding.executeOp('Identity', [], [id], 1), refused);
});
