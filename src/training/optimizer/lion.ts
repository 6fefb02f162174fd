/** Lion: every weight moves by the learning rate, in the direction of the sign of a momentum. */
import { type OptionTable, type OptionValues, resolveOptions } from '../../options.js';
import { tf } from '../../tensorflow/index.js';
import { Decay, decayOptions } from './decay.js';
import {
  descend,
  type NamedVariable,
  type Optimizer,
  type OptimizerEntry,
  ratesOf,
  whenUsable,
} from './optimizer.js';
import { Slots } from './slots.js';

export const options = {
  beta1: {
    type: 'number',
    default: 0.9,
    min: 0,
    max: 0.9999,
    help: 'share of the momentum in the direction of a step',
  },
  beta2: {
    type: 'number',
    default: 0.99,
    min: 0,
    max: 0.999999,
    help: 'share of the momentum kept in a step',
  },
  ...decayOptions,
} as const satisfies OptionTable;

/** The options of {@link Lion}, all of them given. */
export type LionOptions = OptionValues<typeof options>;

/**
 * w ← w − learningRate · (sign(β₁ · m + (1 − β₁) · g) + weightDecay · w), then m ← β₂ · m + (1 − β₂) · g,
 * where m starts at 0 (Chen et al. 2023, https://arxiv.org/abs/2302.06675, algorithm 2).
 */
export class Lion extends Slots implements Optimizer {
  private readonly momenta: tf.Variable[];
  private readonly options: LionOptions;
  private readonly decay: Decay;

  /** @throws InvalidInputError when an option is out of its range. */
  constructor(
    private readonly variables: readonly NamedVariable[],
    given: Partial<LionOptions> = {},
  ) {
    super();
    this.options = resolveOptions(options, given, 'Lion');
    this.momenta = this.zeros('momentum', variables);
    this.decay = new Decay(this.options);
  }

  apply(
    gradients: tf.NamedTensorMap,
    learningRate: tf.Scalar | number,
    usable?: tf.Scalar,
    momentum?: tf.Scalar,
  ): void {
    const { beta2 } = this.options;
    tf.tidy(() => {
      const beta1 = momentum ?? this.options.beta1;
      const rest = typeof beta1 === 'number' ? 1 - beta1 : tf.sub(1, beta1);
      const rateOf = ratesOf(whenUsable(usable, learningRate, 0));
      const share = whenUsable(usable, 1 - beta2, 0);
      this.variables.forEach((weight, i) => {
        const { variable } = weight;
        const rate = rateOf(weight);
        const mean = this.momenta[i] as tf.Variable;
        const gradient = gradients[variable.name] as tf.Tensor;
        const direction = tf.sign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, rest)));
        this.decay.shrink(variable, rate);
        descend(variable, rate, direction);
        // m − (1 − β₂) · (m − g), in place.
        descend(mean, share, tf.sub(mean, gradient));
      });
    });
  }
}

export const lion = {
  help: 'Lion, with a learning rate near 0.0002',
  options,
  momentum: 'beta1',
  create: (variables, given) => new Lion(variables, given),
} satisfies OptimizerEntry<typeof options>;
