/** Dilated convolutions of single channels: tfjs-layers' `DepthwiseConv2D` ignores the dilation. */
import { addBias, tf } from '../../../tensorflow/index.js';
import { replaceLayer } from '../stock-layers.js';

/** The members of tfjs-layers' own layer that this one uses; tfjs keeps the class private. */
interface StockDepthwiseConv2D {
  new (
    args: Parameters<typeof tf.layers.depthwiseConv2d>[0],
  ): tf.layers.Layer & {
    padding: 'same' | 'valid';
    strides: [number, number];
    dilationRate: [number, number];
    depthwiseKernel: tf.LayerVariable;
    bias: tf.LayerVariable | null;
    activation: { apply(x: tf.Tensor): tf.Tensor };
  };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.depthwiseConv2d({ kernelSize: 1 })
  .constructor as unknown as StockDepthwiseConv2D;

/** tfjs-layers' `DepthwiseConv2D`, under its name and configuration. Dilations need the 'tensorflow' backend. */
export class DepthwiseConv2D extends Stock {
  static override className = 'DepthwiseConv2D';

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[] {
    const { strides, padding, dilationRate: dilations } = this;
    if (dilations.every((rate) => rate === 1)) {
      return super.call(inputs, kwargs as never);
    }
    const input = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.tidy(() => {
      const kernel = this.depthwiseKernel.read() as tf.Tensor4D;
      const convolved = tf.depthwiseConv2d(input, kernel, strides, padding, 'NHWC', dilations);
      const bias = this.bias?.read() as tf.Tensor1D | undefined;
      return this.activation.apply(bias ? addBias(convolved, bias) : convolved);
    });
  }
}

replaceLayer('depthwiseConv2d', DepthwiseConv2D);
