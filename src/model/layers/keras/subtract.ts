/** Keras's `Subtract`: the first input minus the second. tfjs-layers has the other merging layers. */
import { tf } from '../../../tensorflow/index.js';

/** Both have the same number of axes: https://keras.io/api/layers/merging_layers/subtract/ */
export class Subtract extends tf.layers.Layer {
  static className = 'Subtract';
  readonly needsBobbin = true;

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [from, what] = inputs as [tf.Tensor, tf.Tensor];
    return tf.sub(from, what);
  }

  override computeOutputShape(shapes: tf.Shape | tf.Shape[]): tf.Shape {
    const [from, what] = shapes as [tf.Shape, tf.Shape];
    return from.map((size, axis) => (size === 1 ? (what[axis] as number | null) : size));
  }
}

tf.serialization.registerClass(Subtract);
