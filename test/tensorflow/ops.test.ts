/** Ops by name: errors with op and reason, every kind of attribute, and no leaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeOp, memory, tf } from '../../src/tensorflow/index.js';

const float32 = { type: 'dtype', value: 'float32' } as const;

test('when TensorFlow refuses an op, then the error has the op, its message and its status', () => {
  const [a, b] = [tf.ones([2, 3]), tf.ones([2, 3])];
  assert.throws(() => executeOp({ name: 'MatMul', inputs: [a, b] }), {
    message: 'MatMul: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]',
    code: 'INVALID_ARGUMENT',
  });
  assert.throws(() => executeOp({ name: 'NoSuchOp', inputs: [] }), {
    message: /^NoSuchOp: .NoSuchOp. is neither a type of a primitive operation/,
    code: 'NOT_FOUND',
  });
  assert.throws(() => executeOp({ name: 'ReadFile', inputs: [tf.scalar('/no/such/file')] }), {
    message: /^ReadFile: \/no\/such\/file; No such file or directory/,
    code: 'NOT_FOUND',
  });
  tf.dispose([a, b]);
});

test('when an attribute has another type than its name promises, then the error names it', () => {
  const call = (value: never) =>
    executeOp({ name: 'Identity', inputs: [], attributes: { T: { type: 'int', value } } });
  assert.throws(() => call('x' as never), /Expected an integer for the attribute T/);
  assert.throws(
    () =>
      executeOp({ name: 'Identity', inputs: [], attributes: { T: { ...float32, value: 'f' } } }),
    /Expected one of float32, .* for a dtype attribute but received "f"/,
  );
});

test('when a list is given for an attribute of one value, then the error names the attribute', () => {
  tf.tidy(() => {
    const x = tf.ones([2, 2]);
    const T = { type: 'dtype', value: ['float32', 'int32'] } as const;
    assert.throws(
      () => executeOp({ name: 'MatMul', inputs: [x, x], attributes: { T } }),
      /^Error: Expected one value for the attribute T but received a list$/,
    );
  });
});

test('when an op takes each kind of attribute, then TensorFlow sees their values', () => {
  tf.tidy(() => {
    const text = (tensors: tf.Tensor[]) => (tensors[0] as tf.Tensor).dataSync()[0];
    const joined = executeOp({
      name: 'StringJoin',
      inputs: [tf.scalar('a'), tf.scalar('b')],
      attributes: { N: { type: 'int', value: 2 }, separator: { type: 'string', value: '→' } },
    });
    assert.equal(text(joined), 'a→b');

    // ksize and strides are lists of ints; the expected values are the windows' largest.
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const [pooled] = executeOp({
      name: 'MaxPool',
      inputs: [image],
      attributes: {
        ksize: { type: 'int', value: [1, 2, 2, 1] },
        strides: { type: 'int', value: [1, 1, 1, 1] },
        padding: { type: 'string', value: 'VALID' },
      },
    });
    assert.deepEqual([...(pooled as tf.Tensor).dataSync()], [5, 6, 8, 9]);

    const [leaky] = executeOp({
      name: 'LeakyRelu',
      inputs: [tf.scalar(-8)],
      attributes: { alpha: { type: 'float', value: 0.25 } },
    });
    assert.equal((leaky as tf.Tensor).dataSync()[0], -2);

    const [summed] = executeOp({
      name: 'Sum',
      inputs: [tf.ones([2, 3]), tf.tensor1d([1], 'int32')],
      attributes: { keep_dims: { type: 'bool', value: true } },
    });
    assert.deepEqual((summed as tf.Tensor).shape, [2, 1]);

    const [placed] = executeOp({
      name: 'EnsureShape',
      inputs: [tf.ones([2, 3])],
      attributes: { shape: { type: 'shape', value: [2, -1] } },
    });
    assert.deepEqual((placed as tf.Tensor).shape, [2, 3]);
  });
});

test('when lists of dtypes and of shapes are given, then a queue of them returns the values', () => {
  tf.tidy(() => {
    const components = { type: 'dtype', value: ['float32', 'int32'] } as const;
    const queue = executeOp({
      name: 'FIFOQueueV2',
      inputs: [],
      attributes: {
        component_types: components,
        shapes: { type: 'shape', value: [[2], []] },
        shared_name: { type: 'string', value: 'ops.test' },
      },
    })[0] as tf.Tensor;
    const values = [tf.tensor1d([1, 2]), tf.scalar(3, 'int32')];
    executeOp({
      name: 'QueueEnqueueV2',
      inputs: [queue, ...values],
      attributes: { Tcomponents: components },
      outputs: 0,
    });
    const dequeued = executeOp({
      name: 'QueueDequeueV2',
      inputs: [queue],
      attributes: { component_types: components },
      outputs: 2,
    });
    assert.deepEqual(
      dequeued.map((tensor) => [...tensor.dataSync()]),
      [[1, 2], [3]],
    );
  });
});

test('when training is over and everything disposed, then TensorFlow’s memory is as before', async () => {
  const before = memory();
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 4, inputShape: [3], activation: 'relu' }),
      tf.layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  const optimizer = tf.train.adam(0.01);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const [x, y] = [tf.ones([8, 3]), tf.ones([8, 2])];
  await model.fit(x, y, { epochs: 2, verbose: 0 });
  const steady = memory();
  await model.fit(x, y, { epochs: 3, verbose: 0 });
  assert.deepEqual(memory(), steady);

  model.dispose();
  optimizer.dispose();
  tf.dispose([x, y]);
  assert.deepEqual(memory(), before);
});

test('when a tensor is computed, then memory counts it and its bytes until it is disposed', () => {
  const before = memory();
  const sum = tf.tidy(() => tf.ones([10, 10]).add(1));
  assert.deepEqual(memory(), {
    tensors: before.tensors + 1,
    bytes: before.bytes + 400,
    functions: 0,
  });
  sum.dispose();
  assert.deepEqual(memory(), before);
});
