/** Kernels for which TensorFlow has no op of that form: tfjs's own JavaScript ones, on TensorFlow's tensors. */
import * as tf from '@tensorflow/tfjs';
import { correct, type Kernel, register } from './registry.js';

/** What tfjs's JavaScript kernels use of their backend, on the values of the active one. */
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

// TensorFlow orders numbers only.
for (const kernelName of ['Greater', 'GreaterEqual', 'Less', 'LessEqual']) {
  const ofStrings = javascriptKernel(kernelName);
  correct(kernelName, (original) => (inputs, attributes) => {
    const kernel = inputs.a?.dtype === 'string' ? ofStrings : original;
    return kernel(inputs, attributes);
  });
}
