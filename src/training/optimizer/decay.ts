/** Weight decay: which weights decay, by how much, and as a part of the gradient or apart from it. */
import type { OptionTable, OptionValues } from '../../options.js';
import { tf } from '../../tensorflow/index.js';

/** Options of {@link Decay}, which every optimizer has among its own. */
export const decayOptions = {
  weightDecay: {
    type: 'number',
    default: 1e-4,
    min: 0,
    max: 1,
    help: 'share of each kernel added to its gradient or, if decoupled, subtracted from it per unit of learning rate',
  },
  decayAll: {
    type: 'boolean',
    default: false,
    help: 'weight decay also on biases and normalisations, as the original had it',
  },
} as const satisfies OptionTable;

export type DecayOptions = OptionValues<typeof decayOptions>;

export class Decay {
  constructor(private readonly options: DecayOptions) {}

  /** gradient + weightDecay · w, the gradient of an L2 penalty; the plain gradient where `usable` is false. */
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
