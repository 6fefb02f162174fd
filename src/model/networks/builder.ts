/** The parts that networks are built of: convolutions with seeded kernels, batch normalisation, ReLU, padding. */
import { tf } from '../../tensorflow/index.js';
import { BatchNormalization } from '../layers/batch-normalization.js';
import { ReLU } from '../layers/relu.js';

export interface BuilderOptions {
  /** Of the initial kernels. */
  seed: number;
  /** Added to the variance by every batch normalisation. */
  epsilon: number;
  /** Share of a moving average that a training step keeps, from 0 to 1; by default 0.95. */
  momentum?: number;
}

/** Fine-tuning is short: averages that keep 0.99 or 0.999 of themselves would lag behind the weights. */
const shortMemory = 0.95;

export interface ConvolutionOptions {
  /** Side of the kernel. */
  kernel: number;
  stride?: number;
  padding?: 'same' | 'valid';
  useBias?: boolean;
}

/** Adds layers one by one; each method takes the layer's input and its name. */
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
    }: ConvolutionOptions & { filters: number },
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
    { kernel, stride = 1, padding = 'same', useBias = false }: ConvolutionOptions,
  ): tf.SymbolicTensor {
    const layer = tf.layers.depthwiseConv2d({
      name,
      kernelSize: kernel,
      strides: stride,
      padding,
      useBias,
      depthwiseInitializer: this.initializer(),
    });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  batchNormalize(input: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
    const { epsilon, momentum = shortMemory } = this.options;
    const layer = new BatchNormalization({ name, epsilon, momentum });
    return layer.apply(input) as tf.SymbolicTensor;
  }

  /** max(0, input), or at most `maxValue`. */
  rectify(input: tf.SymbolicTensor, name: string, maxValue?: number): tf.SymbolicTensor {
    const limit = maxValue === undefined ? {} : { maxValue };
    return new ReLU({ name, ...limit }).apply(input) as tf.SymbolicTensor;
  }

  /** Adds zeros: `sides` are the numbers before and after, of the rows as well as of the columns. */
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
