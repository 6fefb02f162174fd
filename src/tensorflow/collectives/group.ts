/** The workers that compute together with this process, as the collectives see them. */

/** This process among the workers of a cluster. */
export interface Group {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** The number of workers, at least 2. */
  readonly size: number;
  /** How tensors travel: TensorFlow's `communication_hint`. */
  readonly communication: 'auto' | 'ring' | 'nccl';
  /**
   * Watches over a call that waits for the other workers.
   *
   * @param collectives the call's collectives, in words: all workers call the same ones
   * @returns what the call resolves to
   * @throws the call's error in words that name the worker
   */
  watch<Result>(call: Promise<Result>, collectives: readonly string[]): Promise<Result>;
}

let present: Group | undefined;

/** The workers of this process's cluster; undefined for a process that computes alone. */
export const group = (): Group | undefined => present;

/** Lets the collectives reach the workers of a cluster, once TensorFlow has started in it. */
export function enterGroup(joined: Group): void {
  present = joined;
}
