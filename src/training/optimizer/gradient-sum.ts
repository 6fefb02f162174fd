/** Gradient accumulation: the gradient of several batches as if they were one. */
import { tf, updateVariables } from '../../tensorflow/index.js';
import type { NamedVariable } from './optimizer.js';
import { Slots } from './slots.js';

export class GradientSum extends Slots {
  private readonly sums: tf.Variable[];
  private readonly images: tf.Variable;

  constructor(private readonly variables: readonly NamedVariable[]) {
    super();
    this.sums = this.zeros('gradient sum', variables);
    this.images = tf.tidy(() => this.create('images', 'gradient sum', tf.scalar(0)));
  }

  /** Adds the gradients of a batch's mean loss, by the variables' own names. `weight` is that of the mean: its number of images. */
  add(gradients: tf.NamedTensorMap, weight: number | tf.Scalar): void {
    tf.tidy(() => {
      this.variables.forEach(({ variable }, i) => {
        updateVariables({
          name: 'AssignAddVariableOp',
          variables: [this.sums[i] as tf.Variable],
          inputs: [tf.mul(gradients[variable.name] as tf.Tensor, weight)],
          attributes: { dtype: { type: 'dtype', value: 'float32' } },
        });
      });
      this.images.assign(tf.add(this.images, weight));
    });
  }

  /** Returns the gradients of the mean over all that was added, and resets the sums. */
  take(): tf.NamedTensorMap {
    return tf.tidy(() => {
      const mean = this.variables.map(({ variable }, i): [string, tf.Tensor] => {
        const sum = this.sums[i] as tf.Variable;
        const gradient = tf.div(sum, this.images);
        sum.assign(tf.zerosLike(sum as tf.Tensor));
        return [variable.name, gradient];
      });
      this.images.assign(tf.scalar(0));
      return Object.fromEntries(mean);
    });
  }
}
