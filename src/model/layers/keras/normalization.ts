/** Keras's `Normalization`: inputs minus a mean, divided by a deviation. tfjs-layers has no such layer. */
import { tf } from '../../../tensorflow/index.js';

interface NormalizationArguments {
  name?: string;
  /** The axes, or the axis, that have a mean and a variance for each place. */
  axis?: number | number[];
  /** Given, they are constants; without them, the layer has weights of these names, which nothing trains. */
  mean?: number | number[];
  variance?: number | number[];
  /** Multiplies and adds instead. */
  invert?: boolean;
}

/** Keras's `backend.epsilon()`, the smallest deviation. */
const smallest = 1e-7;

/** https://keras.io/api/layers/preprocessing_layers/numerical/normalization/ */
export class Normalization extends tf.layers.Layer {
  static className = 'Normalization';
  readonly needsBobbin = true;
  private readonly args: NormalizationArguments;
  private mean?: tf.LayerVariable;
  private variance?: tf.LayerVariable;

  constructor(args: NormalizationArguments) {
    super(args as never);
    this.args = args;
  }

  override build(shape: tf.Shape | tf.Shape[]): void {
    if (this.args.mean === undefined || this.args.mean === null) {
      const sizes = this.axes(shape.length).map((axis) => shape[axis] as number);
      const weight = (name: string, initial: 'zeros' | 'ones') =>
        this.addWeight(name, sizes, 'float32', tf.initializers[initial](), undefined, false);
      this.mean = weight('mean', 'zeros');
      this.variance = weight('variance', 'ones');
    }
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    return tf.tidy(() => {
      const mean = this.broadcast(this.mean?.read() ?? (this.args.mean as number), input);
      const variance = this.broadcast(
        this.variance?.read() ?? (this.args.variance as number),
        input,
      );
      const deviation = tf.maximum(tf.sqrt(variance), smallest);
      return this.args.invert ? input.mul(deviation).add(mean) : input.sub(mean).div(deviation);
    });
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }

  override getConfig() {
    const { axis = -1, mean, variance, invert } = this.args;
    return {
      ...super.getConfig(),
      axis,
      invert: invert ?? false,
      ...(mean !== undefined && { mean }),
      ...(variance !== undefined && { variance }),
    } as never;
  }

  private axes(rank: number): number[] {
    const { axis = -1 } = this.args;
    return [axis].flat().map((each) => (each < 0 ? each + rank : each));
  }

  private broadcast(value: tf.Tensor | number | number[], input: tf.Tensor): tf.Tensor {
    const axes = this.axes(input.rank);
    const tensor = value instanceof tf.Tensor ? value : tf.tensor(value);
    const shape = input.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
    return tensor.size === 1 ? tensor.asScalar() : tensor.reshape(shape);
  }
}

tf.serialization.registerClass(Normalization);
