/** Dilated convolutions of single channels: tfjs-layers' `DepthwiseConv2D` ignores the dilation. */
import { tf } from '../../../tensorflow/index.js';
import { replaceLayer } from '../stock-layers.js';
import { completed, type StockConvolution } from './stock-convolution.js';

interface StockDepthwiseConv2D {
  new (
    args: Parameters<typeof tf.layers.depthwiseConv2d>[0],
  ): StockConvolution & { depthwiseKernel: tf.LayerVariable };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.depthwiseConv2d({ kernelSize: 1 })
  .constructor as unknown as StockDepthwiseConv2D;

/** tfjs-layers' `DepthwiseConv2D`, under its name and configuration. Dilations need the 'tensorflow' backend. */
export class DepthwiseConv2D extends Stock {
  static override className = 'DepthwiseConv2D';

  /** Plain tfjs ignores dilations. */
  get needsBobbin(): boolean {
    return this.dilationRate.some((rate) => rate !== 1);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[] {
    const { strides, padding, dilationRate: dilations } = this;
    if (dilations.every((rate) => rate === 1)) {
      return super.call(inputs, kwargs as never);
    }
    const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.tidy(() => {
      const kernel = this.depthwiseKernel.read() as tf.Tensor4D;
      return completed(
        this,
        tf.depthwiseConv2d(input, kernel, strides, padding, 'NHWC', dilations),
      );
    });
  }
}

replaceLayer('depthwiseConv2d', DepthwiseConv2D);
