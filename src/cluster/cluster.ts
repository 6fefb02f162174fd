/** `cluster`: makes this process one of several that compute together. */
import {
  checkArguments,
  list,
  number,
  optional,
  record,
  type ShapeOf,
  text,
} from '../arguments.js';
import { expected } from '../errors.js';
import { pickOptions, resolveOptions } from '../options.js';
import { enterGroup, gpuInUse } from '../tensorflow/index.js';
import { checkPrivate, ownPublicAddress, parseAddresses } from './addresses.js';
import { cardOf, checkAgreement } from './agreement.js';
import { type Cluster, Member } from './member.js';
import { type ClusterOptions, clusterOptions } from './options.js';
import { workerName } from './worker-name.js';

const clusterShape = {
  workers: list('an array of addresses'),
  index: number,
  runId: optional(text('a text')),
  settings: optional(record('an object')),
  ...clusterOptions,
} as const satisfies ShapeOf<ClusterOptions>;

let present: Cluster | undefined;

/** The cluster of this process, once `cluster` has resolved; undefined for a process that computes alone. */
export const joined = (): Cluster | undefined => present;

/**
 * Makes this process one worker of a cluster, in which `allReduce` and `broadcast` add and send tensors. Call it once, before the
 * first tensor, variable and model, with the same `workers` in each process; it resolves when all of them have called it.
 * TensorFlow's own server then listens at the worker's port on every interface of the machine, without a login and without
 * encryption: the network must be private. `cluster(clusterFromEnvironment())` takes what a launcher has set.
 *
 * The process ends its part by itself: at a usual end it waits, for at most a minute, until the others have ended, too.
 *
 * @throws InvalidInputError for an invalid option, a host without an address, a public one, and when another worker has another
 *   run id, version, kind of device or settings; an Error when TensorFlow has started before, and one that names the workers that did not start in
 *   `startSeconds`
 */
export async function cluster(options: ClusterOptions): Promise<Cluster> {
  checkArguments('cluster', options, clusterShape);
  const values = resolveOptions(clusterOptions, pickOptions(clusterOptions, options), 'cluster');
  const { index, workers, settings = {}, runId = process.env.BOBBIN_RUN_ID ?? '' } = options;
  const addresses = parseAddresses(workers);
  if (!Number.isInteger(index) || index < 0 || index >= workers.length) {
    throw expected(`an integer from 0 to ${workers.length - 1}`, 'index', index);
  }
  const member = new Member({ ...values, workers: [...workers], index });
  if (workers.length > 1) {
    if (!values.allowPublic) {
      await checkPrivate(addresses, values.startSeconds);
      warnOfPublicAddress();
    }
    await member.start();
    const device = gpuInUse() === undefined ? 'CPU' : 'GPU';
    await meet(member, cardOf({ runId, settings, device }));
    enterGroup(member);
  }
  present = member;
  return member;
}

/** Compares the workers' cards. A worker that does not fit leaves after the others have seen that, too. */
async function meet(member: Member, card: string): Promise<void> {
  const cards = await member.exchange('card', card);
  const names = member.workers.map((_, index) => workerName(member.workers, index));
  const disagreement = errorOf(() => checkAgreement(cards, member.index, names));
  // All have read the cards: if this worker ended before, another one would only see that it is gone.
  await member.barrier('read cards').catch((error: unknown) => {
    throw disagreement ?? error;
  });
  if (disagreement !== undefined) {
    throw disagreement;
  }
}

function errorOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** TensorFlow's server listens at all addresses of the machine, not only at the worker's own. */
function warnOfPublicAddress(): void {
  const open = ownPublicAddress();
  if (open !== undefined) {
    process.emitWarning(
      `cluster: This machine has the public address ${open}, at which TensorFlow's server listens as well, without a login. Let a firewall close the workers' ports`,
    );
  }
}
