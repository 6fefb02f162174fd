/** What the workers tell each other beside tensors: the results of some work, or the error that ended it. */
import { InvalidInputError } from '../errors.js';
import type { Cluster } from './member.js';
import { workerName } from './worker-name.js';

/** What a worker tells the others. */
type Told = { value: string } | { error: string };

/**
 * The results of `work` on all workers, in their order. All of them call it with the same keys in the same order.
 *
 * @throws the error of `work`, and on the others an InvalidInputError that names the worker and has its message
 */
export async function together(
  cluster: Cluster,
  key: string,
  work: () => string | Promise<string>,
): Promise<string[]> {
  let failure: unknown;
  let told: Told;
  try {
    told = { value: await work() };
  } catch (error) {
    failure = error;
    told = { error: error instanceof Error ? error.message : String(error) };
  }
  const all = await cluster.exchange(key, JSON.stringify(told));
  if (failure !== undefined) {
    throw failure;
  }
  return all.map((text, worker) => {
    const other: Told = JSON.parse(text);
    if ('error' in other) {
      throw new InvalidInputError(`${workerName(cluster.workers, worker)}: ${other.error}`);
    }
    return other.value;
  });
}
