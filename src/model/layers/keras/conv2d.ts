/** Convolutions in groups and dilated ones: tfjs-layers' `Conv2D` ignores Keras's `groups`, and does not train with a dilation. */
import { expected } from '../../../errors.js';
import { convolve, tf } from '../../../tensorflow/index.js';
import { replaceLayer } from '../stock-layers.js';
import { completed, type StockConvolution } from './stock-convolution.js';

type StockArguments = Parameters<typeof tf.layers.conv2d>[0];

interface Conv2DArguments extends StockArguments {
  /** Each group of filters takes as many of the channels, in order. By default 1. */
  groups?: number;
}

interface StockConv2D {
  new (args: StockArguments): StockConvolution & { filters: number; kernel: tf.LayerVariable };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as unknown as StockConv2D;

/**
 * tfjs-layers' `Conv2D`, under its name and configuration, with Keras's `groups` (AlexNet 2012). The kernel is
 * [height, width, channels / groups, filters]. Groups and dilations need the 'tensorflow' backend.
 */
export class Conv2D extends Stock {
  static override className = 'Conv2D';
  readonly groups: number;

  constructor({ groups = 1, ...others }: Conv2DArguments) {
    super(others);
    this.groups = groups;
    const isDivisor = Number.isInteger(groups) && groups > 0 && this.filters % groups === 0;
    if (!isDivisor) {
      throw expected(
        `a divisor of ${this.filters}, the filters,`,
        `groups of ${this.name}`,
        groups,
      );
    }
  }

  override build(shape: tf.Shape | tf.Shape[]): void {
    const image = (Array.isArray(shape[0]) ? shape[0] : shape) as tf.Shape;
    const channels = image[3] as number;
    if (channels % this.groups !== 0) {
      const what = `a divisor of ${channels}, the channels,`;
      throw expected(what, `groups of ${this.name}`, this.groups);
    }
    super.build([...image.slice(0, 3), channels / this.groups]);
    // The stock layer expects the channels of its kernel.
    this.inputSpec = [{ ndim: 4, axes: { 3: channels } }];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[] {
    const { groups, dilationRate, strides } = this;
    if (groups === 1 && dilationRate.every((rate) => rate === 1)) {
      return super.call(inputs, kwargs as never);
    }
    const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.tidy(() => {
      const padding = this.padding === 'same' ? 'SAME' : 'VALID';
      const options = { strides, dilations: dilationRate, padding } as const;
      return completed(this, convolve(input, this.kernel.read() as tf.Tensor4D, options));
    });
  }

  /** Plain tfjs ignores groups. */
  get needsBobbin(): boolean {
    return this.groups > 1;
  }

  override getConfig() {
    return { ...super.getConfig(), ...(this.groups > 1 && { groups: this.groups }) };
  }
}

replaceLayer('conv2d', Conv2D);
