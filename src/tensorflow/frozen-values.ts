/** The values that a frozen function holds as constants: which they are, and whether its variables still have them. */
import type * as tf from '@tensorflow/tfjs';
import { type Version, versionOf } from './stored-variables.js';

export class FrozenValues {
  private readonly versions: Map<tf.Variable, Version>;

  /** @param variables with the values that the function holds */
  constructor(variables: Iterable<tf.Variable>) {
    this.versions = new Map(Array.from(variables, (variable) => [variable, versionOf(variable)]));
  }

  has(variable: tf.Variable): boolean {
    return this.versions.has(variable);
  }

  /**
   * Whether no variable was assigned or written since.
   *
   * @throws an Error when a running call writes a variable.
   */
  areCurrent(): boolean {
    return [...this.versions].every(([variable, { dataId, writes }]) => {
      const now = versionOf(variable);
      return now.dataId === dataId && now.writes === writes;
    });
  }
}
