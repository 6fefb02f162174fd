/** The workers that compute together with this process, as the collectives see them. */

/** This process among the workers of a cluster. */
export interface Group {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** The number of workers, at least 2. */
  readonly size: number;
  /** How tensors travel: TensorFlow's `communication_hint`. */
  readonly communication: 'auto' | 'ring' | 'nccl';
  /** A collective that has waited so many seconds for the other workers fails. */
  readonly collectiveSeconds: number;
  /** The error that a collective ended with, in words that name the worker. */
  explain(error: unknown): Promise<unknown>;
}

let present: Group | undefined;

/** The workers of this process's cluster; undefined for a process that computes alone. */
export const group = (): Group | undefined => present;

/** Lets the collectives reach the workers of a cluster, once TensorFlow has started in it. */
export function enterGroup(joined: Group): void {
  present = joined;
}
