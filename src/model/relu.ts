/** ReLU6 as one TensorFlow op each way, where tfjs-layers composes two and a dozen for the gradient. */
import { executeOp, tf } from '../tensorflow/index.js';

interface StockReLU {
  new (
    args: Parameters<typeof tf.layers.reLU>[0],
  ): tf.layers.Layer & { maxValue: number | undefined };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.reLU().constructor as unknown as StockReLU;

/** tfjs-layers' `ReLU`, under its name and configuration; with `maxValue: 6` it is `tf.relu6`. */
export class ReLU extends Stock {
  static override className = 'ReLU';

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[] {
    if (this.maxValue !== 6) return super.call(inputs, kwargs as never);
    return tf.relu6(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs);
  }
}

tf.serialization.registerClass(ReLU);

/**
 * Replaces tfjs's gradient of every `tf.relu6`. The result is the same, but from the output: a training
 * step then need not keep what the batch normalisation before it put out.
 */
tf.registerGradient({
  kernelName: tf.Relu6,
  outputsToSave: [true],
  gradFunc: (dy, [output]) => ({
    x: () =>
      executeOp({
        name: 'Relu6Grad',
        inputs: [dy as tf.Tensor, output as tf.Tensor],
        attributes: { T: { type: 'dtype', value: 'float32' } },
      })[0] as tf.Tensor,
  }),
});
