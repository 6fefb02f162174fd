/** The values that variables had at one time: of which variables, and whether they still have them. */
import type * as tf from '@tensorflow/tfjs';
import { type Version, versionOf } from './stored-variables.js';

/** The values that variables had when it was made. */
export class VariableVersions {
  private readonly versions: Map<tf.Variable, Version>;

  /** @param variables with the values that the calls under way leave */
  constructor(variables: Iterable<tf.Variable>) {
    this.versions = new Map(Array.from(variables, (variable) => [variable, versionOf(variable)]));
  }

  /** Whether the variable is one of them. */
  has(variable: tf.Variable): boolean {
    return this.versions.has(variable);
  }

  /** Whether no variable was assigned since, and no call that writes one began. */
  areCurrent(): boolean {
    for (const [variable, { dataId, writes }] of this.versions) {
      const now = versionOf(variable);
      if (now.dataId !== dataId || now.writes !== writes) {
        return false;
      }
    }
    return true;
  }
}
