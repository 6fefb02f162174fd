/** Gradient accumulation: the gradient of several batches as if they were one. */
import { tf, updateVariables } from '../../tensorflow/index.js';
import type { NamedVariable } from './optimizer.js';
import { Slots } from './slots.js';

/** Gives the gradients of a mean, from the gradients of a sum and the sum's weight. */
export type MeanOf = (sums: tf.NamedTensorMap, weight: tf.Scalar) => tf.NamedTensorMap;

/** The same for each tensor, by its name. */
export const mapValues = (
  tensors: tf.NamedTensorMap,
  change: (tensor: tf.Tensor) => tf.Tensor,
): tf.NamedTensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));

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
    tf.tidy(() =>
      this.addWeighted(
        mapValues(gradients, (g) => tf.mul(g, weight)),
        weight,
      ),
    );
  }

  /** The same for gradients of the mean times its weight. */
  addWeighted(gradients: tf.NamedTensorMap, weight: number | tf.Scalar): void {
    tf.tidy(() => {
      this.variables.forEach(({ variable }, i) => {
        updateVariables({
          name: 'AssignAddVariableOp',
          variables: [this.sums[i] as tf.Variable],
          inputs: [gradients[variable.name] as tf.Tensor],
          attributes: { dtype: { type: 'dtype', value: 'float32' } },
        });
      });
      this.images.assign(tf.add(this.images, weight));
    });
  }

  /** Gives the gradients of the mean over all that was added, which `meanOf` computes, and resets the sums. */
  take(meanOf: MeanOf): tf.NamedTensorMap {
    return tf.tidy(() => {
      const sums = this.variables.map(({ variable }, i) => [variable.name, this.sums[i]]);
      const mean = meanOf(Object.fromEntries(sums), this.images as unknown as tf.Scalar);
      for (const sum of [...this.sums, this.images]) {
        sum.assign(tf.zerosLike(sum as tf.Tensor));
      }
      return mean;
    });
  }
}
