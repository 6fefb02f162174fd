/** Batch normalisation by given statistics: as a part of the convolution before it, where a function is traced. */
import * as tf from '@tensorflow/tfjs';
import { backend } from '../backend.js';
import { runtime } from '../configuration.js';
import type { TensorMetadata } from '../native-tensorflow.js';
import { nativeAttributes } from '../ops.js';
import { tracing } from '../trace.js';
import { idOf } from '../traced-variables.js';
import { addBias } from './convolution.js';
import { type FrozenNormalizeOptions, fusedFrozenNormalize } from './fused-batch-normalization.js';

/** A convolution of the running trace. */
interface Source {
  /** The symbol of its result. */
  id: number;
  image: TensorMetadata;
  kernel: TensorMetadata;
  isDepthwise: boolean;
}

/**
 * Normalises an image by given statistics: folded into the convolution before it or, where that is impossible, by one op forwards and one
 * for the gradient. Needs the 'tensorflow' backend.
 */
export const frozenNormalize = (options: FrozenNormalizeOptions): tf.Tensor =>
  foldedNormalize(options) ?? fusedFrozenNormalize(options);

/**
 * With s = gamma / √(variance + epsilon), the convolution with kernel · s, plus beta − mean · s: TensorFlow computes that and a
 * ReLU after it as one op. The statistics may be variables. The convolution itself is then unused and left out of the graph.
 *
 * Undefined where no function is traced with `optimize`, where the input is no convolution of the trace, and where gradients
 * are recorded: they need the convolution's own result.
 */
export function foldedNormalize(options: FrozenNormalizeOptions): tf.Tensor | undefined {
  const { input, gamma, beta, mean, variance, epsilon } = options;
  const isRecording = tf.engine().state.gradientDepth > 0;
  const mayFold = tracing()?.isOptimized === true && !isRecording;
  const source = mayFold ? sourceOf(input) : undefined;
  if (source === undefined) {
    return undefined;
  }
  return tf.tidy(() => {
    const root = tf.rsqrt(tf.add(variance, epsilon));
    const scale = gamma === undefined ? root : tf.mul(root, gamma);
    const shift = tf.mul(mean, scale);
    const bias = beta === undefined ? tf.neg(shift) : tf.sub(beta, shift);
    return addBias(convolved(source, scale), bias as tf.Tensor1D);
  });
}

function sourceOf(input: tf.Tensor): Source | undefined {
  const id = idOf(input);
  const op = runtime().traceSource(id);
  const isDepthwise = op?.name === 'DepthwiseConv2dNative';
  if (op === undefined || !(isDepthwise || op.name === 'Conv2D')) {
    return undefined;
  }
  const [image, kernel] = op.inputs as [TensorMetadata, TensorMetadata];
  return { id, image, kernel, isDepthwise };
}

/** The convolution with its kernel times `scale`, [filters]. */
function convolved({ id, image, kernel, isDepthwise }: Source, scale: tf.Tensor): tf.Tensor {
  // A depthwise kernel, [height, width, channels, multiplier], has its filters in two axes.
  const factor = isDepthwise ? scale.reshape(kernel.shape.slice(2)) : scale;
  const type = nativeAttributes({ T: { type: 'dtype', value: 'float32' } });
  // By numbers: tfjs may have disposed of the kernel's tensor.
  const [product] = runtime().executeOp('Mul', type, [kernel.id, idOf(factor)], 1) as [
    TensorMetadata,
  ];
  const scaled = backend.createOutputTensor(product);
  return backend.createOutputTensor(runtime().traceAgain(id, [image.id, idOf(scaled)]));
}
