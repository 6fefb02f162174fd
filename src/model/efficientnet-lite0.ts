/** EfficientNet-Lite0 as a tfjs model: the published network without squeeze-excite, with ReLU6. */
import { tf } from '../tensorflow/index.js';
import { BatchNormalization } from './batch-normalization.js';
import { ReLU } from './relu.js';

/** One stage: `repeats` inverted-residual blocks, of which only the first strides. */
interface Stage {
  repeats: number;
  kernel: number;
  stride: number;
  expand: number;
  channels: number;
}

/** Lite0 is width 1.0, depth 1.0 of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. */
const stages: Stage[] = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, channels: 40 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 80 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, channels: 112 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, channels: 192 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
];
const stemChannels = 32;
const headChannels = 1280;

/** Input and the 1280 pooled features of one network. */
export interface Backbone {
  input: tf.SymbolicTensor;
  features: tf.SymbolicTensor;
}

/**
 * The network up to its pooled features, [batch, size, size, 3] → [batch, 1280], randomly initialised.
 * Layer names follow the torch state dict: `stem_conv`, `block3_expand_bn`, …
 *
 * @param size side of the square input in pixels
 * @param seed of the initial kernels
 */
export function efficientNetLite0(size: number, seed: number): Backbone {
  const build = new Builder(seed);
  const input = tf.input({ shape: [size, size, 3], name: 'image' });
  let x = build.convolution(input, 'stem', { filters: stemChannels, kernel: 3, stride: 2 });
  let channels = stemChannels;
  let block = 0;
  for (const stage of stages) {
    for (let i = 0; i < stage.repeats; i++) {
      x = build.block(x, `block${block++}`, channels, {
        ...stage,
        stride: i === 0 ? stage.stride : 1,
      });
      channels = stage.channels;
    }
  }
  x = build.convolution(x, 'top', { filters: headChannels, kernel: 1, stride: 1 });
  const pool = tf.layers.globalAveragePooling2d({ name: 'pool' });
  return { input, features: pool.apply(x) as tf.SymbolicTensor };
}

interface Convolution {
  filters: number;
  kernel: number;
  stride: number;
  activation?: boolean;
}

class Builder {
  private layers = 0;

  constructor(private readonly seed: number) {}

  block(
    input: tf.SymbolicTensor,
    name: string,
    channels: number,
    { kernel, stride, expand, channels: filters }: Stage,
  ): tf.SymbolicTensor {
    let x = input;
    if (expand !== 1)
      x = this.convolution(x, `${name}_expand`, {
        filters: channels * expand,
        kernel: 1,
        stride: 1,
      });
    x = this.depthwise(x, `${name}_depthwise`, kernel, stride);
    x = this.convolution(x, `${name}_project`, {
      filters,
      kernel: 1,
      stride: 1,
      activation: false,
    });
    if (stride !== 1 || channels !== filters) return x;
    return tf.layers.add({ name: `${name}_add` }).apply([x, input]) as tf.SymbolicTensor;
  }

  convolution(
    input: tf.SymbolicTensor,
    name: string,
    { filters, kernel, stride, activation = true }: Convolution,
  ): tf.SymbolicTensor {
    const layer = tf.layers.conv2d({
      name: `${name}_conv`,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding: 'same',
      useBias: false,
      kernelInitializer: this.initializer(),
    });
    return this.normalize(layer.apply(input) as tf.SymbolicTensor, name, activation);
  }

  private depthwise(
    input: tf.SymbolicTensor,
    name: string,
    kernel: number,
    stride: number,
  ): tf.SymbolicTensor {
    const layer = tf.layers.depthwiseConv2d({
      name: `${name}_conv`,
      kernelSize: kernel,
      strides: stride,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: this.initializer(),
    });
    return this.normalize(layer.apply(input) as tf.SymbolicTensor, name, true);
  }

  private normalize(
    input: tf.SymbolicTensor,
    name: string,
    activation: boolean,
  ): tf.SymbolicTensor {
    const layer = new BatchNormalization({ name: `${name}_bn`, epsilon: 1e-3, momentum: 0.95 });
    const x = layer.apply(input) as tf.SymbolicTensor;
    if (!activation) return x;
    return new ReLU({ name: `${name}_relu6`, maxValue: 6 }).apply(x) as tf.SymbolicTensor;
  }

  private initializer() {
    return tf.initializers.heNormal({ seed: this.seed + this.layers++ });
  }
}
