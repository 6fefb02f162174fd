/** The flags that make a command one of several workers, which compute together. */
import type { Command } from 'commander';
import {
  type Cluster,
  cluster,
  clusterFromEnvironment,
  clusterOptions,
} from '../../cluster/index.js';
import { expected, missing } from '../../errors.js';
import type { ProgressReporter } from '../../report/index.js';
import { useThreads } from '../../tensorflow/index.js';
import { print } from '../../width.js';
import { pickFlags } from '../flags.js';
import { type StopSignal, stopCode } from '../process/exit.js';

export interface ClusterFlags {
  cluster?: string;
  index?: number;
}

/** Adds `--cluster` and `--index`. */
export const addClusterFlags = (command: Command): Command =>
  command
    .option(
      '--cluster <addresses>',
      'HOST:PORT of all workers, with commas between, of which this process is one (default: as TF_CONFIG, MPI, Slurm or Kubernetes say)',
    )
    .option('--index <number>', 'place of this process in --cluster, from 0', indexOf);

/**
 * Joins the cluster that the flags or the environment name, before anything is computed.
 *
 * @param flags parsed ones, with those of `clusterOptions`
 * @param computeThreads of TensorFlow, which a cluster starts
 * @returns undefined for a process that computes alone
 */
export async function joinWorkers(
  flags: ClusterFlags,
  computeThreads = 0,
): Promise<Cluster | undefined> {
  const { cluster: addresses, index } = flags;
  const found = addresses === undefined ? clusterFromEnvironment() : undefined;
  if (addresses === undefined && index !== undefined) {
    throw missing('the workers', '--cluster', '--index is the place of this process among them');
  }
  if (addresses !== undefined && index === undefined) {
    throw missing('the place of this process', '--index', 'Count the workers of --cluster from 0');
  }
  const place =
    addresses === undefined ? found : { workers: addresses.split(','), index: index as number };
  if (place === undefined) {
    return undefined;
  }
  // A reduction begins while an op of the backward pass computes: with one op at a time it would wait for the end of all.
  useThreads(computeThreads, 'computeThreads', computeThreads && computeThreads + 1);
  return await endedBySignals(cluster({ ...pickFlags(clusterOptions, flags), ...place }));
}

/** Lets a signal end the process while it waits for the other workers: TensorFlow cannot be told to stop, and nothing is lost. */
async function endedBySignals<Result>(start: Promise<Result>): Promise<Result> {
  const end = (signal: NodeJS.Signals) => {
    print('bobbin: stopped while the cluster was starting', process.stderr);
    process.exit(stopCode[signal as StopSignal]);
  };
  const signals = Object.keys(stopCode) as StopSignal[];
  for (const signal of signals) {
    process.on(signal, end);
  }
  try {
    return await start;
  } finally {
    for (const signal of signals) {
      process.off(signal, end);
    }
  }
}

/** Shows nothing: worker 0 shows the progress of all. */
export const silent: ProgressReporter = { update() {}, print() {}, end() {} };

function indexOf(given: string): number {
  if (!/^\d+$/.test(given)) {
    throw expected('a whole number', '--index', given);
  }
  return Number(given);
}
