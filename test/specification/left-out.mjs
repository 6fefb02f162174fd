/** Specifications of tfjs-core that are left out, each by a part of its full name, with the reason. */
export const leftOutOfTfjsCore = [
  // TensorFlow's 3-D pooling and transposed convolution pad 'valid' or 'same', not by numbers.
  'avgPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[2,2,2] s=1 p=2',
  'maxPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'conv2dTranspose test-tensorflow {} input=3x3x1,d2=1,f=2,s=2,p=explicit',
  'conv2dTranspose test-tensorflow {} gradient input=[1,3,3,1] f=[2,2,2,1] s=[1,1] p=explicit',
  // Expects tfjs's shortcut for windows of one pixel, which ignores the padding.
  'pool test-tensorflow {} max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
  'pool test-tensorflow {} avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
  // Expects a gradient that counts the padding, although the average does not.
  'avgPool test-tensorflow {} gradient x=[3,3,1] f=[3,3] s=1 p=explicit',
  // TensorFlow's fused convolution does not support NCHW on a CPU.
  'fused conv2d test-tensorflow {} basic in NCHW',
  'fused conv2d test-tensorflow {} im2row in NCHW',
  'fused conv2d test-tensorflow {} batch in NCHW',
  // TensorFlow's einsum supports cases that tfjs-core's does not yet.
  'einsum test-tensorflow {} 2d matrix calculate trace: duplicate axes not implemented yet',
  'einsum test-tensorflow {} nonexistent dimension throws error',
  // TensorFlow refuses a pool larger than its image.
  'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid',
  // TensorFlow's oneDNN lacks this kernel, so it fails; the plain kernel did not.
  'conv2dTranspose test-tensorflow {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
  // TensorFlow's Diag does not support bool.
  'diag test-tensorflow {} bool',
  // In TensorFlow NaN is the maximum for argmax, and differs from itself in Unique.
  'maxPoolWithArgmax test-tensorflow {} [x=[1,3,3,1] f=[2,2] s=1 ignores NaNs',
  'unique test-tensorflow {} 1d tensor with NaN and Infinity',
  // float32 tangents near a pole: one unit in the last place apart.
  'tan test-tensorflow {} numbers exceed float32 precision',
];

/** The same of tfjs-node. */
export const leftOutOfTfjsNode = [
  // Bounds the growth of resident memory by 1 MB, less than the 16 MB by which V8 enlarges its young generation on some
  // versions of Node. 800,000 decodes add nothing else.
  'decode images decode jpeg node bindings do not leak',
];

/** More of tfjs-core's that are left out if kernels are jitted. */
export const leftOutOfJit = [
  // Counts kernels: jit adds one by cloning its arguments.
  'profile test-tensorflow {} squaring',
  'profile test-tensorflow {} reports correct kernelNames',
  // Debug mode reads the result of each op, even in a trace.
  'debug on test-tensorflow {} debug mode errors when nans in op output',
  // The error has the words of TensorFlow's shape inference, or comes from its kernel instead of tfjs-node's.
  'einsum test-tensorflow {} mismatched dimensions throws error',
  'einsum test-tensorflow {} incorrect number of tensors throws error',
  'gather test-tensorflow {} throws when batch dims greater than axis',
  'gather test-tensorflow {} throws when batch dims greater than indices rank',
  'gather test-tensorflow {} throws when index is out of bound',
  // Its gradient uses a tensor that tfjs-core has disposed, which jit refuses.
  'logSigmoid test-tensorflow {} gradient with clones',
  // In graphs TensorFlow uses oneDNN's softmax, where NaN affects only its own element; single ops differ.
  'softmax test-tensorflow {} Propagates NaNs',
];

/** Kernels that run eagerly if jit refuses them. */
export const mayBeRefused = [
  // The result's shape depends on values.
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Unique',
  // They compute in JavaScript, which needs values.
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
  // They compare strings in JavaScript.
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
];
