/** Multiplies each channel by a weight: LayerScale of CaiT (https://arxiv.org/abs/2103.17239) and ConvNeXt. */
import { tf } from '../../../tensorflow/index.js';

interface LayerScaleArguments {
  name?: string;
  /** The first value of all weights. */
  initValues: number;
  /** The number of channels, which are the last axis. */
  projectionDim: number;
}

/** The layer of keras.applications' ConvNeXt, under its name and configuration. Its weight is `gamma`. */
export class LayerScale extends tf.layers.Layer {
  static className = 'LayerScale';
  readonly needsBobbin = true;
  private readonly args: LayerScaleArguments;
  private gamma?: tf.LayerVariable;

  constructor(args: LayerScaleArguments) {
    super(args as never);
    this.args = args;
  }

  override build(shape: tf.Shape | tf.Shape[]): void {
    const { initValues, projectionDim } = this.args;
    const initial = tf.initializers.constant({ value: initValues });
    this.gamma = this.addWeight('gamma', [projectionDim], 'float32', initial);
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    return tf.mul(input, (this.gamma as tf.LayerVariable).read());
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }

  override getConfig() {
    const { initValues, projectionDim } = this.args;
    return { ...super.getConfig(), initValues, projectionDim } as never;
  }
}

tf.serialization.registerClass(LayerScale);
