/** What every network is built of: convolutions with seeded kernels, batch normalisation, ReLU, padding. */
import { tf } from '../../tensorflow/index.js';
import { BatchNormalization } from '../layers/batch-normalization.js';
import { ReLU } from '../layers/relu.js';

/** Input and pooled features, [batch, channels], of one network. */
export interface Backbone {
  input: tf.SymbolicTensor;
  features: tf.SymbolicTensor;
}

export interface BuilderOptions {
  /** Of the initial kernels. */
  seed: number;
  /** Added to the variance by every batch normalisation. */
  epsilon: number;
}

export interface ConvolutionOptions {
  /** Side of the kernel. */
  kernel: number;
  stride?: number;
  padding?: 'same' | 'valid';
}

/** Adds layers one by one; each method takes what the layer is applied to and the layer's name. */
export class Builder {
  private kernels = 0;

  constructor(private readonly options: BuilderOptions) {}

  convolution(
    input: tf.SymbolicTensor,
    name: string,
    {
      filters,
      kernel,
      stride = 1,
      padding = 'same',
      useBias = false,
    }: ConvolutionOptions & { filters: number; useBias?: boolean },
  ): tf.SymbolicTensor {
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding,
      useBias,
      kernelInitializer: this.initializer(),
    });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  depthwise(
    input: tf.SymbolicTensor,
    name: string,
    { kernel, stride = 1, padding = 'same' }: ConvolutionOptions,
  ): tf.SymbolicTensor {
    const layer = tf.layers.depthwiseConv2d({
      name,
      kernelSize: kernel,
      strides: stride,
      padding,
      useBias: false,
      depthwiseInitializer: this.initializer(),
    });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  normalize(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    // Fine-tuning is short: averages that followed at 0.99 or 0.999 would lag behind the weights.
    const layer = new BatchNormalization({ name, epsilon: this.options.epsilon, momentum: 0.95 });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  /** max(0, input), or at most `maxValue`. */
  rectify(input: tf.SymbolicTensor, name: string, maxValue?: number): tf.SymbolicTensor {
    const limit = maxValue === undefined ? {} : { maxValue };
    return new ReLU({ name, ...limit }).apply(input) as tf.SymbolicTensor;
  }

  /** Zeros on each side, [before, after] the rows as well as the columns. */
  pad(input: tf.SymbolicTensor, name: string, sides: [number, number]): tf.SymbolicTensor {
    const layer = tf.layers.zeroPadding2d({ name, padding: [sides, sides] });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  add(inputs: tf.SymbolicTensor[], name: string): tf.SymbolicTensor {
    return tf.layers.add({ name }).apply(inputs) as tf.SymbolicTensor;
  }

  private initializer() {
    return tf.initializers.heNormal({ seed: this.options.seed + this.kernels++ });
  }
}

/** The image, [batch, size, size, 3]. */
export const imageInput = (size: number): tf.SymbolicTensor =>
  tf.input({ shape: [size, size, 3], name: 'image' });

/** The mean of each channel. */
export const pooledFeatures = (input: tf.SymbolicTensor): tf.SymbolicTensor =>
  tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(input) as tf.SymbolicTensor;
