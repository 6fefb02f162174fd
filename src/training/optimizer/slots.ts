/** Variables of a state, saved and restored by kind and by the name of their weight. */
import { expected } from '../../errors.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedVariable, Slot, State } from './optimizer.js';

interface Entry {
  kind: string;
  name: string;
  variable: tf.Variable;
}

/** Base class of everything in the updater that has a state. */
export abstract class Slots implements State {
  private readonly entries: Entry[] = [];

  /** Creates a variable with this value; `name` is that of a weight, or the optimizer's own. */
  protected create(kind: string, name: string, initial: tf.Tensor): tf.Variable {
    const variable = tf.variable(initial, false);
    this.entries.push({ kind, name, variable });
    return variable;
  }

  /** Creates a variable of zeros for each weight. */
  protected zeros(kind: string, variables: readonly NamedVariable[]): tf.Variable[] {
    return tf.tidy(() =>
      variables.map(({ name, variable }) => this.create(kind, name, tf.zeros(variable.shape))),
    );
  }

  stateVariables(): tf.Variable[] {
    return this.entries.map(({ variable }) => variable);
  }

  slots(): Slot[] {
    return this.entries.map(({ kind, name, variable }) => {
      const values = variable.dataSync() as Float32Array;
      return { kind, name, shape: variable.shape, values };
    });
  }

  restore(slots: readonly Slot[]): void {
    const keyOf = ({ kind, name }: { kind: string; name: string }) => JSON.stringify([kind, name]);
    const saved = new Map(slots.map((slot) => [keyOf(slot), slot]));
    for (const entry of this.entries) {
      const { kind, name, variable } = entry;
      const slot = saved.get(keyOf(entry));
      if (String(slot?.shape) !== String(variable.shape)) {
        throw expected(
          `values of shape [${variable.shape}]`,
          `the ${kind} of ${name}`,
          slot?.shape,
        );
      }
      tf.tidy(() => variable.assign(tf.tensor(slot?.values as Float32Array, variable.shape)));
    }
  }

  dispose(): void {
    for (const { variable } of this.entries) {
      variable.dispose();
    }
  }
}
