/** AdamW: the learning rate sets the length of a step, not the gradient's scale; weight decay is decoupled. */
import { type OptionTable, type OptionValues, resolveOptions } from '../../options.js';
import { tf, updateVariables } from '../../tensorflow/index.js';
import { Decay, decayOptions } from './decay.js';
import {
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
    help: 'share of the mean gradient kept in a step',
  },
  beta2: {
    type: 'number',
    default: 0.999,
    min: 0,
    max: 0.999999,
    help: 'share of the mean squared gradient kept in a step',
  },
  epsilon: {
    type: 'number',
    default: 1e-8,
    min: 0,
    max: 1,
    help: 'added to the root of the mean squared gradient',
  },
  ...decayOptions,
} as const satisfies OptionTable;

/** The options of {@link AdamW}, all of them given. */
export type AdamWOptions = OptionValues<typeof options>;

/**
 * w ← w − learningRate · weightDecay · w; m ← β₁ · m + (1 − β₁) · g; v ← β₂ · v + (1 − β₂) · g²;
 * w ← w − learningRate · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) in step t, as
 * torch.optim.AdamW has it (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2).
 */
export class AdamW extends Slots implements Optimizer {
  private readonly means: tf.Variable[];
  private readonly squares: tf.Variable[];
  private readonly steps: tf.Variable;
  private readonly options: AdamWOptions;
  private readonly decay: Decay;

  /** @throws InvalidInputError when an option is out of its range. */
  constructor(
    private readonly variables: readonly NamedVariable[],
    given: Partial<AdamWOptions> = {},
  ) {
    super();
    this.options = resolveOptions(options, given, 'AdamW');
    this.means = this.zeros('mean gradient', variables);
    this.squares = this.zeros('mean square', variables);
    this.steps = tf.tidy(() => this.create('steps', 'adamw', tf.scalar(0)));
    this.decay = new Decay(this.options);
  }

  apply(
    gradients: tf.NamedTensorMap,
    learningRate: tf.Scalar | number,
    usable?: tf.Scalar,
    momentum?: tf.Scalar,
  ): void {
    tf.tidy(() => {
      const rate = whenUsable(usable, learningRate, 0);
      this.steps.assign(tf.add(this.steps, whenUsable(usable, 1, 0)));
      const { powers, corrected, shares } = this.inputs(rate, usable, momentum);
      const [rateOf, correctedOf] = [ratesOf(rate), ratesOf(corrected)];
      this.variables.forEach((weight, i) => {
        const { variable } = weight;
        this.decay.shrink(variable, rateOf(weight));
        const moments = [this.means[i], this.squares[i]] as tf.Variable[];
        updateVariables({
          name: 'ResourceApplyAdam',
          variables: [variable, ...moments],
          inputs: [
            ...powers,
            correctedOf(weight),
            ...shares,
            gradients[variable.name] as tf.Tensor,
          ],
          attributes: { T: { type: 'dtype', value: 'float32' } },
        });
      });
    });
  }

  /**
   * TensorFlow's op takes the powers βᵗ, loses digits of 1 − βᵗ, and adds its ε to the uncorrected √v
   * (https://www.tensorflow.org/api_docs/python/tf/raw_ops/ResourceApplyAdam). So it gets powers of 0, which
   * turn its corrections off, and a learning rate and an ε that contain them.
   */
  private inputs(rate: tf.Scalar, usable?: tf.Scalar, momentum?: tf.Scalar) {
    const { beta2, epsilon } = this.options;
    const beta1 = momentum ?? this.options.beta1;
    // Not 0 before the first usable step: the rate is divided by the correction.
    const step = tf.maximum(this.steps, 1);
    const logarithm = (beta: tf.Scalar | number) =>
      typeof beta === 'number' ? Math.log(beta) : tf.log(beta);
    const correction = (beta: tf.Scalar | number) =>
      tf.neg(tf.expm1(tf.mul(step, logarithm(beta))));
    const root = tf.sqrt(correction(beta2)) as tf.Scalar;
    const none = tf.scalar(0);
    return {
      powers: [none, none],
      corrected: tf.div(tf.mul(rate, root), correction(beta1)) as tf.Scalar,
      shares: [
        whenUsable(usable, beta1, 1),
        whenUsable(usable, beta2, 1),
        tf.mul(root, epsilon) as tf.Scalar,
      ],
    };
  }
}

export const adamw = {
  help: 'AdamW, with a learning rate near 0.001',
  options,
  momentum: 'beta1',
  create: (variables, given) => new AdamW(variables, given),
} satisfies OptimizerEntry<typeof options>;
