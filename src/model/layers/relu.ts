/** ReLU and ReLU6 as one TensorFlow op each way, where tfjs composes up to a dozen for the gradient. */
import { executeOp, tf } from '../../tensorflow/index.js';
import { replaceLayer } from './stock-layers.js';

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
    if (this.maxValue !== 6) {
      return super.call(inputs, kwargs as never);
    }
    return tf.relu6(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs);
  }
}

replaceLayer('reLU', ReLU);

/**
 * Replaces tfjs's gradients of every `tf.relu` and `tf.relu6`. The results are the same, but they
 * are computed from the output, so that a training step need not keep the input.
 */
for (const [kernelName, gradient] of [
  [tf.Relu, 'ReluGrad'],
  [tf.Relu6, 'Relu6Grad'],
] as const) {
  const backward: ReturnType<typeof tf.customGrad> = tf.customGrad((dy, output, save) => {
    (save as tf.GradSaveFunc)([output as tf.Tensor]);
    const inputs = [dy, output] as tf.Tensor[];
    const attributes = { T: { type: 'dtype', value: 'float32' } } as const;
    return {
      value: executeOp({ name: gradient, inputs, attributes })[0] as tf.Tensor,
      gradFunc: (ddy, [kept]) => [
        backward(ddy, kept as tf.Tensor),
        tf.zerosLike(kept as tf.Tensor),
      ],
    };
  });
  tf.registerGradient({
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, [output]) => ({ x: () => backward(dy as tf.Tensor, output as tf.Tensor) }),
  });
}
