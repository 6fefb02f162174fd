/** Finds the cluster that this process belongs to in its environment: the variables that schedulers and launchers set. */
import { expected, missing } from '../../errors.js';
import type { ClusterOptions } from '../options.js';
import { slurm } from './slurm.js';
import { tfConfig } from './tf-config.js';
import { defaultPort, type Environment, integer, withPorts } from './variables.js';

/** This process among the processes that a launcher has started. */
interface Rank {
  index: number;
  /** Their number, if the launcher says it. */
  size: number | undefined;
  /** How many of them run on this machine, if the launcher says it. */
  local: number | undefined;
}

/**
 * The cluster that the variables of `env` describe; undefined if they describe none, or one process alone. In this order:
 *
 * - `TF_CONFIG`, as for Keras and TensorFlow's strategies: `{"cluster":{"worker":["a:7000","b:7000"]},"task":{"type":"worker","index":0}}`
 * - `BOBBIN_WORKERS`, the host names of all workers with commas, each with a port or with that of `BOBBIN_PORT`. The worker's
 *   number is `BOBBIN_INDEX`, or that of a Kubernetes indexed job (`JOB_COMPLETION_INDEX`), of MPI or of Slurm
 * - MPI, if all processes run on this machine: `OMPI_COMM_WORLD_RANK` and `_SIZE` of Open MPI
 * - Slurm, within `srun`: `SLURM_PROCID`, `SLURM_STEP_NODELIST`, `SLURM_STEP_TASKS_PER_NODE`
 * - MPI with PMI, if all processes run on this machine: `PMI_RANK` and `PMI_SIZE` of MPICH and Intel MPI
 *
 * @throws InvalidInputError when variables contradict each other, or name no hosts although the processes are on several machines
 */
export function clusterFromEnvironment(env: Environment = process.env): ClusterOptions | undefined {
  const configured = tfConfig(env);
  if (configured !== undefined) {
    // TF_CONFIG decides, also where the variables of a scheduler name more workers.
    return configured.workers.length > 1 ? configured : undefined;
  }
  return listedWorkers(env) ?? localMpi(env, openMpi(env)) ?? slurm(env) ?? localMpi(env, pmi(env));
}

/** The workers of `BOBBIN_WORKERS`. */
function listedWorkers(env: Environment): ClusterOptions | undefined {
  const list = env.BOBBIN_WORKERS?.trim();
  if (list === undefined || list === '') {
    return undefined;
  }
  const workers = withPorts(env, list.split(','));
  const rank = listedRank(env);
  if (rank === undefined) {
    throw missing(
      'the number of this worker',
      'BOBBIN_INDEX',
      'BOBBIN_WORKERS lists the workers: set BOBBIN_INDEX to the place of this one, from 0',
    );
  }
  const { index, size = workers.length } = rank;
  if (index >= workers.length || size !== workers.length) {
    throw expected(
      `${Math.max(size, index + 1)} workers, as the launcher started`,
      'BOBBIN_WORKERS',
      list,
    );
  }
  return workers.length > 1 ? { workers, index } : undefined;
}

function listedRank(env: Environment): Rank | undefined {
  const alone = (name: string): Rank | undefined => {
    const index = integer(env, name);
    return index === undefined ? undefined : { index, size: undefined, local: undefined };
  };
  return (
    alone('BOBBIN_INDEX') ??
    openMpi(env) ??
    alone('JOB_COMPLETION_INDEX') ??
    alone('SLURM_PROCID') ??
    pmi(env)
  );
}

const openMpi = (env: Environment): Rank | undefined =>
  rankOf(env, 'OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_LOCAL_SIZE');

const pmi = (env: Environment): Rank | undefined =>
  rankOf(env, 'PMI_RANK', 'PMI_SIZE', 'MPI_LOCALNRANKS');

function rankOf(env: Environment, rank: string, size: string, local: string): Rank | undefined {
  const index = integer(env, rank);
  return index === undefined
    ? undefined
    : { index, size: integer(env, size), local: integer(env, local) };
}

/** The processes of MPI on this machine. MPI does not tell its processes the names of other machines by variables. */
function localMpi(env: Environment, rank: Rank | undefined): ClusterOptions | undefined {
  if (rank?.size === undefined || rank.size === 1) {
    return undefined;
  }
  const { index, size, local = size } = rank;
  if (local !== size) {
    throw missing(
      'the host names of all processes',
      'BOBBIN_WORKERS',
      'MPI does not pass them on: set it to the names in the order of the ranks, a:7000,b:7000, and pass it to all processes (mpirun -x BOBBIN_WORKERS)',
    );
  }
  const first = integer(env, 'BOBBIN_PORT') ?? defaultPort;
  const workers = Array.from({ length: size }, (_, other) => `127.0.0.1:${first + other}`);
  return { workers, index };
}
