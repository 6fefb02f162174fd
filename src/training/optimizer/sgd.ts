/** Stochastic gradient descent with momentum, plain or Nesterov's. */
import { tf, updateVariables } from '../../tensorflow/index.js';
import { Decay, type DecayOptions } from './decay.js';
import { type NamedVariable, type Optimizer, type Slot, whenUsable } from './optimizer.js';
import { Slots } from './slots.js';

export interface SgdOptions extends DecayOptions {
  /** Share of the last velocity that is kept, 0…1. */
  momentum: number;
  /** Whether a step goes on to where the velocity leads (Sutskever et al. 2013). */
  nesterov: boolean;
  /** Whether weights decay apart from the gradient (SGDW), not as a part of it. */
  decoupledDecay: boolean;
}

/**
 * v ← momentum · v + gradient + weightDecay · w; w ← w − learningRate · v, as torch.optim.SGD has it
 * (velocities start at 0). With `nesterov`, the last v is gradient + weightDecay · w + momentum · v; with
 * `decoupledDecay`, weightDecay · w is in no v, and w ← w − learningRate · weightDecay · w comes first.
 */
export class Sgd implements Optimizer {
  private readonly state = new Slots();
  private readonly velocities: tf.Variable[];
  private readonly decay: Decay;

  constructor(
    private readonly variables: readonly NamedVariable[],
    private readonly options: SgdOptions,
  ) {
    this.velocities = this.state.zeros('velocity', variables);
    this.decay = new Decay(options);
  }

  apply(gradients: tf.NamedTensorMap, learningRate: tf.Scalar | number, usable?: tf.Scalar): void {
    const { nesterov, decoupledDecay } = this.options;
    tf.tidy(() => {
      const rate = whenUsable(usable, learningRate, 0);
      const momentum = whenUsable(usable, this.options.momentum, 1);
      this.variables.forEach(({ variable }, i) => {
        let gradient = gradients[variable.name] as tf.Tensor;
        if (decoupledDecay) this.decay.shrink(variable, rate);
        else gradient = this.decay.addTo(gradient, variable, usable);
        updateVariables({
          name: 'ResourceApplyMomentum',
          variables: [variable, this.velocities[i] as tf.Variable],
          inputs: [rate, gradient, momentum],
          attributes: {
            T: { type: 'dtype', value: 'float32' },
            use_nesterov: { type: 'bool', value: nesterov },
          },
        });
      });
    });
  }

  slots(): Slot[] {
    return this.state.slots();
  }

  restore(slots: readonly Slot[]): void {
    this.state.restore(slots);
  }

  dispose(): void {
    this.state.dispose();
  }
}
