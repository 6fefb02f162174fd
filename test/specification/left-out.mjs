/** Specifications that are left out, each by a part of its full name, under the reason why. */
export const leftOut = [
  // TensorFlow's 3-D pooling and transposed convolution pad 'valid' or 'same', not by numbers.
  'avgPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[2,2,2] s=1 p=2',
  'maxPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'conv2dTranspose test-tensorflow {} input=3x3x1,d2=1,f=2,s=2,p=explicit',
  'conv2dTranspose test-tensorflow {} gradient input=[1,3,3,1] f=[2,2,2,1] s=[1,1] p=explicit',
  // Expects tfjs's shortcut for windows of one pixel, which forgets the padding.
  'pool test-tensorflow {} max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
  'pool test-tensorflow {} avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
  // Expects a gradient that counts the padding, of an average that does not.
  'avgPool test-tensorflow {} gradient x=[3,3,1] f=[3,3] s=1 p=explicit',
  // TensorFlow's fused convolution has no NCHW on a CPU.
  'fused conv2d test-tensorflow {} basic in NCHW',
  'fused conv2d test-tensorflow {} im2row in NCHW',
  'fused conv2d test-tensorflow {} batch in NCHW',
  // TensorFlow's einsum can do what tfjs-core's cannot yet.
  'einsum test-tensorflow {} 2d matrix calculate trace: duplicate axes not implemented yet',
  'einsum test-tensorflow {} nonexistent dimension throws error',
  // TensorFlow refuses a pool larger than its image.
  'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid',
  // TensorFlow's oneDNN has no such kernel: it fails where its plain kernel did not.
  'conv2dTranspose test-tensorflow {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
  // TensorFlow's Diag has no bool.
  'diag test-tensorflow {} bool',
  // A NaN wins TensorFlow's maximum with argmax, and is unequal to itself in its Unique.
  'maxPoolWithArgmax test-tensorflow {} [x=[1,3,3,1] f=[2,2] s=1 ignores NaNs',
  'unique test-tensorflow {} 1d tensor with NaN and Infinity',
  // float32 tangents near a pole: one unit in the last place apart.
  'tan test-tensorflow {} numbers exceed float32 precision',
];

/** Specifications that are left out, too, where kernels are jitted. */
export const leftOutOfJit = [
  // Counts the kernels that run: jit clones its arguments by one.
  'profile test-tensorflow {} squaring',
  'profile test-tensorflow {} reports correct kernelNames',
  // Debug mode reads the result of each op, also of those being traced.
  'debug on test-tensorflow {} debug mode errors when nans in op output',
  // Refused in the words of TensorFlow's shape inference, or by its kernel rather than tfjs-node's.
  'einsum test-tensorflow {} mismatched dimensions throws error',
  'einsum test-tensorflow {} incorrect number of tensors throws error',
  'gather test-tensorflow {} throws when batch dims greater than axis',
  'gather test-tensorflow {} throws when batch dims greater than indices rank',
  'gather test-tensorflow {} throws when index is out of bound',
  // Its gradient uses a tensor that tfjs-core has disposed, which jit takes for a mistake.
  'logSigmoid test-tensorflow {} gradient with clones',
  // TensorFlow's graphs use oneDNN's softmax, which keeps a NaN to its own place; its single ops do not.
  'softmax test-tensorflow {} Propagates NaNs',
];

/** Kernels that run eagerly where jit refuses them. */
export const mayBeRefused = [
  // The result's shape depends on values.
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Unique',
  // Computed in JavaScript, which needs values.
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
  // Strings are compared in JavaScript.
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
];
