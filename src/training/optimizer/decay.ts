/** Weight decay: which weights decay, by how much, and as a part of the gradient or apart from it. */
import { tf } from '../../tensorflow/index.js';
import type { DecayOptions } from './options.js';

export class Decay {
  constructor(private readonly options: DecayOptions) {}

  /** gradient + weightDecay · w, the gradient of an L2 penalty; where not `usable`, the gradient. */
  addTo(gradient: tf.Tensor, variable: tf.Variable, usable?: tf.Scalar): tf.Tensor {
    if (!this.concerns(variable)) {
      return gradient;
    }
    const { weightDecay } = this.options;
    const share = usable === undefined ? weightDecay : tf.where(usable, weightDecay, 0);
    return tf.add(gradient, tf.mul(variable, share));
  }

  /** w ← w − learningRate · weightDecay · w (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101). */
  shrink(variable: tf.Variable, learningRate: tf.Scalar): void {
    if (!this.concerns(variable)) {
      return;
    }
    const kept = tf.sub(1, tf.mul(learningRate, this.options.weightDecay));
    variable.assign(tf.mul(variable, kept));
  }

  private concerns({ rank }: tf.Variable): boolean {
    const { weightDecay, decayAll } = this.options;
    return weightDecay > 0 && (decayAll || rank > 1);
  }
}
