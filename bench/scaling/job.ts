/** The input and output of one worker of the measurement of scaling. */
import type { TrainJob } from '../train/job.js';

/** One run of one worker. `batch` is that of all workers, of which it takes the images at index, index + count, … */
export interface ScalingJob extends TrainJob {
  /** Addresses `host:port` of all workers. */
  workers: string[];
  index: number;
  batchNorm: 'local' | 'synchronised';
}

/** What every contender measures of one worker. */
export interface WorkerOutcome {
  /** The worker's part of the mean loss over the batch, in each of the first steps: the parts add up to it. */
  losses: number[];
  /** Steps one after the other. */
  stepMs: number[];
  /** The processor's time of this process for one of them. */
  cpuMs: number;
  version: string;
  /** What only Bobbin's program measures. */
  parts?: StepParts;
}

/** Parts of a step, each begun by all workers together; one number for each round. */
export interface StepParts {
  /** The whole step. */
  wholeMs: number[];
  /** The step without a reduction, and its forward pass alone. */
  computeMs: number[];
  forwardMs: number[];
  /** When the computation ended, in ms of the machine's clock: workers wait for the last one. */
  arrivals: number[];
  reductions: Reduction[];
}

/** An all-reduce of nothing but `bytes`. */
export interface Reduction {
  bytes: number;
  /** How many parts travel one after the other. */
  buckets: number;
  ms: number[];
}
