/** tfjs-layers' `Add`, which can drop one of its inputs in training. */
import { tf } from '../../tensorflow/index.js';
import type { StepArguments } from './dropout.js';
import { type LayerClass, replaceLayer } from './stock-layers.js';

const Stock = tf.layers.add().constructor as LayerClass;

/** Changes a branch in a training step. `shape` has 1 for each axis but that of the images. */
export type Drop = (branch: tf.Tensor, shape: number[], key: tf.Tensor1D) => tf.Tensor;

/** Name and configuration are those of tfjs-layers; what it drops is not saved. */
export class Add extends Stock {
  static override className = 'Add';

  /** What happens in training to the input of that number. */
  drop: { input: number; drop: Drop } | undefined;

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: StepArguments): tf.Tensor | tf.Tensor[] {
    const { training, dropoutKey } = kwargs;
    if (this.drop === undefined || training !== true || dropoutKey === undefined) {
      return super.call(inputs, kwargs);
    }
    const { input, drop } = this.drop;
    return tf.tidy(() => {
      const dropped = (inputs as tf.Tensor[]).map((x, i) =>
        i === input
          ? drop(
              x,
              x.shape.map((side, axis) => (axis === 0 ? side : 1)),
              dropoutKey,
            )
          : x,
      );
      return super.call(dropped, kwargs);
    });
  }
}

replaceLayer('add', Add);
