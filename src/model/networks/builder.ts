/** The parts that networks are built of: convolutions with seeded kernels and their padding, normalisation, activations. */
import { tf } from '../../tensorflow/index.js';
import { Add } from '../layers/add.js';
import { BatchNormalization } from '../layers/batch-normalization.js';
import { ReLU } from '../layers/relu.js';

export interface BuilderOptions {
  /** Of the initial kernels; without it they are zeros, for weights that follow. */
  seed: number | undefined;
  /** Added to the variance by every batch normalisation. */
  epsilon: number;
  /**
   * Where a convolution that strides has its zeros: as TensorFlow's `same`, which puts an odd one last, or as many on each
   * side, as torch has them.
   */
  zeros: 'same' | 'symmetric';
}

/** Share of a moving average that a step keeps. Fine-tuning is short: with 0.99 averages would lag behind the weights. */
const momentum = 0.95;

export interface ConvolutionOptions {
  /** Side of the kernel, odd. */
  kernel: number;
  stride?: number;
  useBias?: boolean;
}

export type Activation = 'relu' | 'relu6' | 'swish' | 'sigmoid';

/** Adds layers one by one; each method takes the layer's input and its name. */
export class Builder {
  private kernels = 0;

  constructor(private readonly options: BuilderOptions) {}

  convolution(
    input: tf.SymbolicTensor,
    name: string,
    { filters, ...options }: ConvolutionOptions & { filters: number },
  ): tf.SymbolicTensor {
    return this.padded(input, name, options, (shared) =>
      tf.layers.conv2d({ ...shared, filters, kernelInitializer: this.initializer() }),
    );
  }

  depthwise(
    input: tf.SymbolicTensor,
    name: string,
    options: ConvolutionOptions,
  ): tf.SymbolicTensor {
    return this.padded(input, name, options, (shared) =>
      tf.layers.depthwiseConv2d({ ...shared, depthwiseInitializer: this.initializer() }),
    );
  }

  batchNormalize(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    const { epsilon } = this.options;
    const layer = new BatchNormalization({ name, epsilon, momentum });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  activate(input: tf.SymbolicTensor, name: string, activation: Activation): tf.SymbolicTensor {
    const layer =
      activation === 'relu' || activation === 'relu6'
        ? new ReLU({ name, ...(activation === 'relu6' && { maxValue: 6 }) })
        : tf.layers.activation({ name, activation });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  /** Adds as many zeros on each side. */
  pad(input: tf.SymbolicTensor, name: string, zeros: number): tf.SymbolicTensor {
    const layer = tf.layers.zeroPadding2d({ name, padding: zeros });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  add(inputs: tf.SymbolicTensor[], name: string): tf.SymbolicTensor {
    return new Add({ name }).apply(inputs) as tf.SymbolicTensor;
  }

  private padded(
    input: tf.SymbolicTensor,
    name: string,
    { kernel, stride = 1, useBias = false }: ConvolutionOptions,
    layerOf: (shared: SharedOptions) => tf.layers.Layer,
  ): tf.SymbolicTensor {
    // Without a stride, or with a kernel of one pixel, both ways have the same zeros.
    const apart = this.options.zeros === 'symmetric' && stride > 1 && kernel > 1;
    const padding = apart ? 'valid' : 'same';
    const x = apart ? this.pad(input, `${name.replace(/_conv$/, '')}_pad`, kernel >> 1) : input;
    const layer = layerOf({ name, kernelSize: kernel, strides: stride, padding, useBias });
    return layer.apply(x) as tf.SymbolicTensor;
  }

  private initializer() {
    const { seed } = this.options;
    return seed === undefined
      ? tf.initializers.zeros()
      : tf.initializers.heNormal({ seed: seed + this.kernels++ });
  }
}

/** What layers of convolutions have in common. */
interface SharedOptions {
  name: string;
  kernelSize: number;
  strides: number;
  padding: 'same' | 'valid';
  useBias: boolean;
}

/** The image, [batch, size, size, 3]. */
export const imageInput = (size: number): tf.SymbolicTensor =>
  tf.input({ shape: [size, size, 3], name: 'image' });

/** The mean of each channel. */
export const pooledFeatures = (input: tf.SymbolicTensor): tf.SymbolicTensor =>
  tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(input) as tf.SymbolicTensor;
