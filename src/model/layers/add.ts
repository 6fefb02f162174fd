/** tfjs-layers' `Add`, which can drop one of its inputs in training. */
import { type BatchShare, tf } from '../../tensorflow/index.js';
import type { StepArguments } from './dropout.js';
import { type LayerClass, replaceLayer } from './stock-layers.js';

const Stock = tf.layers.add().constructor as LayerClass;

/** Changes a branch in a training step. `axis` is that of the images, of which there may be a share. */
export type Drop = (
  branch: tf.Tensor,
  axis: number,
  key: tf.Tensor1D,
  share: BatchShare | undefined,
) => tf.Tensor;

/** Name and configuration are those of tfjs-layers; what it drops is not saved. */
export class Add extends Stock {
  static override className = 'Add';

  /** What happens in training to the input of that number. */
  drop: { input: number; drop: Drop } | undefined;

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: StepArguments): tf.Tensor | tf.Tensor[] {
    const { training, dropoutKey, share } = kwargs;
    if (this.drop === undefined || training !== true || dropoutKey === undefined) {
      return super.call(inputs, kwargs);
    }
    const { input, drop } = this.drop;
    return tf.tidy(() => {
      const dropped = (inputs as tf.Tensor[]).map((x, i) =>
        i === input ? drop(x, 0, dropoutKey, share) : x,
      );
      return super.call(dropped, kwargs);
    });
  }
}

replaceLayer('add', Add);
