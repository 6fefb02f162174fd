/** Errors of a cluster in words that name the worker. */
import type { NativeCluster } from './native-cluster.js';
import { taskName } from './server-def.js';
import { answerMilliseconds, inTime } from './waiting.js';
import { workerName, workerNames } from './worker-name.js';

/** The workers, and which of them meets the error. */
interface Workers {
  workers: readonly string[];
  index: number;
}

/** The error that ended a collective or another wait for workers, in words that name the worker. */
export async function explainFailure(
  error: unknown,
  cluster: Workers,
  addon: NativeCluster,
): Promise<unknown> {
  if (!isOfTensorFlow(error)) {
    return error;
  }
  const { workers } = cluster;
  const said = reportIn(error.message);
  if (said !== undefined) {
    return new Error(said, { cause: error });
  }
  const shapes = shapesIn(error.message, cluster);
  if (shapes !== undefined) {
    // Otherwise the others may only see that this worker ends.
    await inTime(addon.reportError(asReport(shapes))).catch(() => {});
    return new Error(shapes, { cause: error });
  }
  const named = namedWorkers(error.message, cluster);
  const lost = named.length > 0 ? named : await silentWorkers(cluster, addon);
  const sentence =
    lost.length === 0
      ? `The workers cannot go on together: ${error.message}`
      : lossSentence(workers, lost);
  return new Error(sentence, { cause: error });
}

/** What to say when workers are gone. */
export const lossSentence = (workers: readonly string[], lost: readonly number[]): string =>
  `${workerNames(workers, lost)} ended, or cannot be reached, so the others cannot go on. Read there why, and start all workers again`;

const [begin, end] = ['bobbin says: ', ' (end)'];

/** A message to all workers, which TensorFlow surrounds with its own words. */
export const asReport = (sentence: string): string => `${begin}${sentence}${end}`;

/** The sentence of such a message; undefined for another one. */
export function reportIn(message: string): string | undefined {
  const from = message.indexOf(begin);
  const to = message.indexOf(end, from);
  return from < 0 || to < 0 ? undefined : message.slice(from + begin.length, to);
}

/** The error that ended the start of the cluster. */
export function explainStart(error: unknown, cluster: Workers & { startSeconds: number }): unknown {
  if (!isOfTensorFlow(error)) {
    return error;
  }
  const { workers, index, startSeconds } = cluster;
  if (/Could not start gRPC server/.test(error.message)) {
    const port = workers[index]?.replace(/.*:/, '');
    return new Error(
      `cluster: ${workerName(workers, index)} cannot listen at port ${port}. End the process that does, or give the worker another port on all workers`,
      { cause: error },
    );
  }
  const missing = namedWorkers(error.message, cluster);
  const who = missing.length > 0 ? workerNames(workers, missing) : 'A worker';
  return new Error(
    `cluster: ${who} did not start in ${startSeconds} seconds. Start every worker with the same list of workers, and let no firewall close their ports: ${error.message}`,
    { cause: error },
  );
}

const isOfTensorFlow = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';

/** What workers that reduce tensors of different shapes should know; undefined for another error. */
function shapesIn(message: string, { workers }: Workers): string | undefined {
  const found =
    /Op at device \S*\/task:(\d+)\S* expected shape (\[[^\]]*\]) but another member in the group expected shape (\[[^\]]*\])/.exec(
      message,
    );
  if (found === null) {
    return undefined;
  }
  const [, task, shape, other] = found;
  return `allReduce: Expected tensors of one shape on all workers but ${workerName(workers, Number(task))} has ${shape} and another worker ${other}`;
}

/** The other workers that do not answer. */
async function silentWorkers({ workers, index }: Workers, addon: NativeCluster): Promise<number[]> {
  const answers = await Promise.all(
    workers.map(async (_, other) => {
      if (other === index) {
        return true;
      }
      try {
        await addon.checkWorker(taskName(other), answerMilliseconds);
        return true;
      } catch {
        return false;
      }
    }),
  );
  return workers.flatMap((_, other) => (answers[other] ? [] : [other]));
}

/** The other workers that TensorFlow's message names. */
function namedWorkers(message: string, { workers, index }: Workers): number[] {
  const named = new Set([...message.matchAll(/\/task:(\d+)/g)].map(([, task]) => Number(task)));
  return workers.map((_, other) => other).filter((other) => other !== index && named.has(other));
}
