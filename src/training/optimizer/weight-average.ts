/** A moving average of the weights, which often predicts better than the weights themselves. */
import { tf } from '../../tensorflow/index.js';
import { descend, type NamedVariable, whenUsable } from './optimizer.js';
import { Slots } from './slots.js';

/**
 * Of every trainable weight, average ← d · average + (1 − d) · weight after each step of the optimizer,
 * where d = min(decay, (1 + n) / (10 + n)) in step n, so that the first weights soon count for little
 * (https://www.tensorflow.org/api_docs/python/tf/train/ExponentialMovingAverage). The statistics of batch
 * normalisation are not averaged: they are moving averages already.
 */
export class WeightAverage extends Slots {
  private readonly averages: tf.Variable[];
  private readonly steps: tf.Variable;

  constructor(
    private readonly variables: readonly NamedVariable[],
    private readonly decay: number,
  ) {
    super();
    this.averages = tf.tidy(() =>
      variables.map(({ name, variable }) => this.create('average', name, variable.clone())),
    );
    this.steps = tf.tidy(() => this.create('steps', 'average', tf.scalar(0)));
  }

  /** Follows a step of the optimizer; changes nothing where `usable`, a boolean scalar, is false. */
  update(usable?: tf.Scalar): void {
    tf.tidy(() => {
      this.steps.assign(tf.add(this.steps, whenUsable(usable, 1, 0)));
      const decay = tf.minimum(
        this.decay,
        tf.div(tf.add(this.steps, 1), tf.add(this.steps, 10)),
      ) as tf.Scalar;
      const share = whenUsable(usable, tf.sub(1, decay) as tf.Scalar, 0);
      this.variables.forEach(({ variable }, i) => {
        const average = this.averages[i] as tf.Variable;
        descend(average, share, tf.sub(average, variable));
      });
    });
  }

  /** Exchanges weights and averages; a second call exchanges them back. */
  swap(): void {
    this.variables.forEach(({ variable }, i) => {
      const average = this.averages[i] as tf.Variable;
      tf.tidy(() => {
        const weight = variable.clone();
        variable.assign(average as tf.Tensor);
        average.assign(weight);
      });
    });
  }
}
