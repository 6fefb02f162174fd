/** The input and output of one worker of the comparison of gradients and weights. */

export interface AgreeJob {
  /** Addresses; one or none for a process that computes alone. */
  workers: string[];
  index: number;
  threads: number;
  /** Images of a step of all workers. */
  batch: number;
  steps: number;
  /** For the numbers of worker 0, as float32: the gradients of the first step, then weights before the first step and after the last. */
  file: string;
}

export interface AgreeOutcome {
  /** Numbers of the gradients, and of all weights. */
  gradients: number;
  weights: number;
  /** A hash of all weights after the last step. */
  hash: string;
}
