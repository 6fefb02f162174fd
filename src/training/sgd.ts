/** Stochastic gradient descent with momentum and weight decay, whose state can be saved. */
import { expected } from '../errors.js';
import { tf } from '../tensorflow/index.js';

export interface SgdOptions {
  /** Share of the last velocity that is kept, 0…1. */
  momentum: number;
  /** Added to the gradient per unit of weight. */
  weightDecay: number;
  /** Whether vectors (biases, scales and offsets of normalisations) decay too, not kernels alone. */
  decayAll: boolean;
}

/** A trainable weight under the name it has in its model. */
export interface NamedVariable {
  name: string;
  variable: tf.Variable;
}

/** A velocity: the weight it belongs to, and its values in float32. */
export interface Slot {
  name: string;
  shape: number[];
  values: Float32Array;
}

/**
 * v ← momentum · v + gradient + weightDecay · w; w ← w − learningRate · v, as torch.optim.SGD has it
 * (velocities start at 0).
 */
export class Sgd {
  private readonly velocities: tf.Variable[];

  constructor(
    private readonly variables: readonly NamedVariable[],
    private readonly options: SgdOptions,
  ) {
    this.velocities = tf.tidy(() =>
      variables.map(({ variable }) => tf.variable(tf.zerosLike(variable as tf.Tensor), false)),
    );
  }

  /** @param gradients by the variable's own name, as `tf.variableGrads` returns them */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    const { momentum, weightDecay, decayAll } = this.options;
    tf.tidy(() => {
      const [keep, decay, rate] = [momentum, weightDecay, learningRate].map((v) =>
        tf.scalar(v),
      ) as [tf.Scalar, tf.Scalar, tf.Scalar];
      this.variables.forEach(({ variable }, i) => {
        const velocity = this.velocities[i] as tf.Variable;
        let gradient = gradients[variable.name] as tf.Tensor;
        if (weightDecay > 0 && (decayAll || variable.rank > 1))
          gradient = gradient.add(variable.mul(decay));
        velocity.assign(velocity.mul(keep).add(gradient));
        variable.assign(variable.sub(velocity.mul(rate)));
      });
    });
  }

  /** The state: one velocity a variable. */
  slots(): Slot[] {
    return this.variables.map(({ name }, i) => {
      const velocity = this.velocities[i] as tf.Variable;
      return { name, shape: velocity.shape, values: velocity.dataSync() as Float32Array };
    });
  }

  /** Takes a state up again. Throws InvalidInputError when it belongs to other variables. */
  restore(slots: readonly Slot[]): void {
    const byName = new Map(slots.map((slot) => [slot.name, slot]));
    this.variables.forEach(({ name }, i) => {
      const velocity = this.velocities[i] as tf.Variable;
      const slot = byName.get(name);
      if (String(slot?.shape) !== String(velocity.shape))
        throw expected(`a velocity of shape [${velocity.shape}]`, name, slot?.shape);
      tf.tidy(() => velocity.assign(tf.tensor(slot?.values as Float32Array, velocity.shape)));
    });
  }

  dispose(): void {
    tf.dispose(this.velocities);
  }
}
