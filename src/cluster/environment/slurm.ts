/** Reads the variables that Slurm's `srun` gives to each task: https://slurm.schedmd.com/srun.html */
import { conflict, expected, missing } from '../../errors.js';
import type { ClusterOptions } from '../options.js';
import { type Environment, integer } from './variables.js';

/** A list of Slurm's may stand for more hosts than any cluster has. */
const mostHosts = 65_536;

/** Ports from here on, by the number of the job: two jobs on one machine then seldom have the same ones. */
const firstPort = 15_000;
const jobsWithOwnPort = 10_000;

/**
 * The tasks of the job step, in the order of their numbers; undefined outside of `srun`, and for one task.
 *
 * @throws InvalidInputError when a variable is missing or of another form, or the tasks are not in the order of the nodes
 */
export function slurm(env: Environment): ClusterOptions | undefined {
  const size = integer(env, 'SLURM_STEP_NUM_TASKS');
  const index = integer(env, 'SLURM_PROCID');
  if (size === undefined || index === undefined || size === 1) {
    return undefined;
  }
  const nodes = expandHosts(text(env, 'SLURM_STEP_NODELIST'));
  const counts = tasksOfNodes(text(env, 'SLURM_STEP_TASKS_PER_NODE'));
  checkDistribution(env, counts);
  const ports = portsOf(env);
  const workers = nodes.flatMap((node, at) =>
    Array.from({ length: counts[at] ?? 0 }, (_, local) => `${node}:${ports(local)}`),
  );
  if (counts.length !== nodes.length || workers.length !== size || index >= size) {
    throw expected(
      `${size} tasks, as SLURM_STEP_NUM_TASKS says,`,
      'SLURM_STEP_NODELIST and SLURM_STEP_TASKS_PER_NODE',
      `${env.SLURM_STEP_NODELIST} and ${env.SLURM_STEP_TASKS_PER_NODE}`,
    );
  }
  const { SLURM_JOB_ID: job = '', SLURM_STEP_ID: step = '' } = env;
  return { workers, index, runId: env.BOBBIN_RUN_ID ?? `slurm ${job}.${step}` };
}

function text(env: Environment, name: string): string {
  const value = env[name]?.trim();
  if (value === undefined || value === '') {
    throw missing('what srun sets', name, 'Start each worker by srun');
  }
  return value;
}

/** Only in Slurm's block distribution are tasks numbered node by node. With one task on each node all are alike. */
function checkDistribution(env: Environment, counts: readonly number[]): void {
  const distribution = env.SLURM_DISTRIBUTION;
  const isBlock = distribution === undefined || /^block\b/.test(distribution);
  if (!isBlock && counts.length > 1 && counts.some((tasks) => tasks > 1)) {
    throw conflict(
      `SLURM_DISTRIBUTION ${distribution}`,
      'several tasks on a node',
      'Their order is unknown: give srun the option --distribution=block',
    );
  }
}

/** The port of a task by its number on its node: those that `srun --resv-ports` reserved, or others of this job. */
function portsOf(env: Environment): (local: number) => number {
  const reserved = env.SLURM_STEP_RESV_PORTS ?? '';
  const from = integer(env, 'BOBBIN_PORT');
  if (from === undefined && reserved !== '') {
    const ports = ranges(reserved, 'SLURM_STEP_RESV_PORTS').map(Number);
    return (local) => {
      const port = ports[local];
      if (port === undefined) {
        throw expected(`${local + 1} ports or more`, 'SLURM_STEP_RESV_PORTS', reserved);
      }
      return port;
    };
  }
  const first = from ?? firstPort + ((integer(env, 'SLURM_JOB_ID') ?? 0) % jobsWithOwnPort);
  return (local) => first + local;
}

/**
 * The hosts of Slurm's short form: `n[1-2,07],gpu3` is n1, n2, n07 and gpu3.
 *
 * @throws InvalidInputError for another form
 */
export function expandHosts(list: string): string[] {
  const parts = list.match(/(?:[^,[\]]|\[[^[\]]*\])+/g) ?? [];
  if (parts.join() !== list) {
    throw expected('a list of hosts as Slurm writes it', 'SLURM_STEP_NODELIST', list);
  }
  const hosts = parts.flatMap(expandHost);
  checkCount(hosts.length, list);
  return hosts;
}

function expandHost(pattern: string): string[] {
  const [, before = '', list, after = ''] = /^([^[]*)\[([^\]]*)\](.*)$/.exec(pattern) ?? [];
  if (list === undefined) {
    return [pattern];
  }
  const middles = ranges(list, 'SLURM_STEP_NODELIST');
  const ends = expandHost(after);
  checkCount(middles.length * ends.length, pattern);
  return middles.flatMap((middle) => ends.map((end) => `${before}${middle}${end}`));
}

/** The numbers of `1-3,07`, with their leading zeros. */
function ranges(list: string, name: string): string[] {
  return list.split(',').flatMap((part) => {
    const [, first = '', last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
    const count = Number(last) - Number(first) + 1;
    if (first === '' || count < 1) {
      throw expected('numbers and ranges of them', name, list);
    }
    checkCount(count, list);
    return Array.from({ length: count }, (_, i) =>
      String(Number(first) + i).padStart(first.length, '0'),
    );
  });
}

function checkCount(hosts: number, list: string): void {
  if (hosts > mostHosts) {
    throw expected(`at most ${mostHosts} hosts`, 'SLURM_STEP_NODELIST', list);
  }
}

/** The number of tasks of each node: `2(x3),1` is 2, 2, 2 and 1. */
function tasksOfNodes(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [, tasks, nodes = '1'] = /^(\d{1,6})(?:\(x(\d{1,6})\))?$/.exec(part) ?? [];
    if (tasks === undefined) {
      throw expected('numbers of tasks, as 2(x3),1', 'SLURM_STEP_TASKS_PER_NODE', list);
    }
    checkCount(Number(nodes), list);
    return Array.from({ length: Number(nodes) }, () => Number(tasks));
  });
}
