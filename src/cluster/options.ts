/** The options of `cluster`. */
import type { OptionValues } from '../options.js';

/** Options of {@link ClusterOptions} beside the workers. */
export const clusterOptions = {
  allowPublic: {
    type: 'boolean',
    default: false,
    help: 'allow workers at public addresses, although everyone who reaches a port can join and read',
  },
  startSeconds: {
    type: 'number',
    default: 300,
    min: 1,
    max: 86_400,
    help: 'longest wait for all workers to start, in seconds',
  },
  heartbeatSeconds: {
    type: 'number',
    default: 30,
    min: 1,
    max: 3600,
    help: 'a worker that has been silent for so long counts as lost, in seconds',
  },
  collectiveSeconds: {
    type: 'number',
    default: 1800,
    min: 1,
    max: 86_400,
    help: 'longest wait for the other workers within a step, in seconds: longer than worker 0 needs to evaluate and save',
  },
  communication: {
    type: 'choice',
    choices: ['auto', 'ring', 'nccl'],
    default: 'auto',
    help: 'how tensors travel: nccl between GPUs, ring otherwise',
  },
} as const;

/** The workers of a cluster, and which of them this process is. */
export interface ClusterOptions extends Partial<OptionValues<typeof clusterOptions>> {
  /** The addresses `host:port` of all workers, in the same order on each. */
  workers: readonly string[];
  /** The number of this process in `workers`, from 0. */
  index: number;
  /**
   * A text that all workers of one run share and others do not know; default `$BOBBIN_RUN_ID`. Workers with different ones do not
   * join.
   */
  runId?: string | undefined;
  /** What else must be equal on all workers, such as options and a hash of the data; compared as JSON. */
  settings?: Readonly<Record<string, unknown>> | undefined;
}
