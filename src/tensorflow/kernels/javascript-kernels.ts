/** Kernels without an op of the same form in TensorFlow: tfjs's own JavaScript kernels, on TensorFlow's tensors. */
import * as tf from '@tensorflow/tfjs';
import { correct, type Kernel, register } from './registry.js';

/** The part of a backend that tfjs's JavaScript kernels use, with the values of the active backend. */
const valuesBackend = {
  data: { get: (dataId: object) => ({ values: tf.backend().readSync(dataId) }) },
  makeTensorInfo: (shape: number[], dtype: tf.DataType, values: tf.backend_util.BackendValues) => ({
    dataId: tf.backend().write(values, shape, dtype),
    shape,
    dtype,
  }),
} as unknown as tf.KernelBackend;

function javascriptKernel(kernelName: string): Kernel {
  const { kernelFunc } = tf.getKernel(kernelName, 'cpu');
  return (inputs, attrs) => kernelFunc({ inputs, attrs, backend: valuesBackend }) as tf.Tensor;
}

const missing = [
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
];
for (const kernelName of missing) {
  register(kernelName, javascriptKernel(kernelName));
}

// TensorFlow compares the order of numbers only, not of strings.
for (const kernelName of ['Greater', 'GreaterEqual', 'Less', 'LessEqual']) {
  const ofStrings = javascriptKernel(kernelName);
  correct(kernelName, (original) => (inputs, attributes) => {
    const kernel = inputs.a?.dtype === 'string' ? ofStrings : original;
    return kernel(inputs, attributes);
  });
}
