/** Stochastic gradient descent with momentum, plain or Nesterov's. */
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
  momentum: {
    type: 'number',
    default: 0.9,
    min: 0,
    max: 0.9999,
    help: 'share of the velocity kept in a step',
  },
  nesterov: { type: 'boolean', default: false, help: "Nesterov's momentum" },
  ...decayOptions,
  decoupledDecay: {
    type: 'boolean',
    default: false,
    help: 'weight decay apart from the gradient, as all other optimizers have it',
  },
} as const satisfies OptionTable;

/** The options of {@link Sgd}, all of them given. */
export type SgdOptions = OptionValues<typeof options>;

/**
 * v ← momentum · v + d, then w ← w − learningRate · v, where d = gradient + weightDecay · w and v starts at
 * 0, as in torch.optim.SGD. With `nesterov` (Sutskever et al. 2013) the second is w ← w − learningRate ·
 * (d + momentum · v). With `decoupledDecay` (SGDW, https://arxiv.org/abs/1711.05101) d is the gradient, and
 * w ← w − learningRate · weightDecay · w comes first.
 */
export class Sgd extends Slots implements Optimizer {
  private readonly velocities: tf.Variable[];
  private readonly options: SgdOptions;
  private readonly decay: Decay;

  /** @throws InvalidInputError when an option is out of its range. */
  constructor(
    private readonly variables: readonly NamedVariable[],
    given: Partial<SgdOptions> = {},
  ) {
    super();
    this.options = resolveOptions(options, given, 'Sgd');
    this.velocities = this.zeros('velocity', variables);
    this.decay = new Decay(this.options);
  }

  apply(
    gradients: tf.NamedTensorMap,
    learningRate: tf.Scalar | number,
    usable?: tf.Scalar,
    momentum?: tf.Scalar,
  ): void {
    const { nesterov, decoupledDecay } = this.options;
    tf.tidy(() => {
      const rateOf = ratesOf(whenUsable(usable, learningRate, 0));
      const kept = whenUsable(usable, momentum ?? this.options.momentum, 1);
      this.variables.forEach((weight, i) => {
        const { variable } = weight;
        const rate = rateOf(weight);
        let gradient = gradients[variable.name] as tf.Tensor;
        if (decoupledDecay) {
          this.decay.shrink(variable, rate);
        } else {
          gradient = this.decay.addTo(gradient, variable, usable);
        }
        updateVariables({
          name: 'ResourceApplyMomentum',
          variables: [variable, this.velocities[i] as tf.Variable],
          inputs: [rate, gradient, kept],
          attributes: {
            T: { type: 'dtype', value: 'float32' },
            use_nesterov: { type: 'bool', value: nesterov },
          },
        });
      });
    });
  }
}

export const sgd = {
  help: 'gradient descent with momentum',
  options,
  momentum: 'momentum',
  create: (variables, given) => new Sgd(variables, given),
} satisfies OptimizerEntry<typeof options>;
