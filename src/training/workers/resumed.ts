/** Whether and with what settings several workers resume a run, and what changes with their number. */
import { type Cluster, joined } from '../../cluster/index.js';
import { count } from '../../plural.js';
import type { Settings } from '../../settings.js';
import { settingsOfRun } from '../checkpoint/checkpoint.js';
import type { TrainValues } from '../options.js';

/** The cluster of this process, if it has another worker. */
export function clusterOfTraining(): Cluster | undefined {
  const cluster = joined();
  return cluster === undefined || cluster.size === 1 ? undefined : cluster;
}

/** Whether the run is resumed: in a cluster, worker 0 decides, which alone may have the folder. All workers call it together. */
export async function resumes(given: boolean): Promise<boolean> {
  const answers = await clusterOfTraining()?.exchange('training resume', String(given));
  return answers === undefined ? given : answers[0] === 'true';
}

/** The settings of the run in `folder`, by its newest checkpoint, as worker 0 reads them; undefined without one. */
export async function resumedSettings(folder: string): Promise<Settings | undefined> {
  const cluster = clusterOfTraining();
  if (cluster === undefined) {
    return await settingsOfRun(folder);
  }
  const own = cluster.isChief ? await settingsOfRun(folder) : undefined;
  const all = await cluster.exchange('training resumption', JSON.stringify(own ?? null));
  return JSON.parse(all[0] as string) ?? undefined;
}

/** What changes where a run is resumed by another number of workers; undefined if nothing does. */
export function changedWorkers(
  run: string,
  { batchSize, batchNorm }: Pick<TrainValues, 'batchSize' | 'batchNorm'>,
  before = 1,
  now = 1,
): string | undefined {
  if (before === now) {
    return undefined;
  }
  const numbers = `${run} had ${count(before, 'worker')} and now has ${now}`;
  const same = `A batch still has ${batchSize} images, and sums in another order differ by rounding`;
  return batchNorm === 'local'
    ? `${numbers}. ${same}. Batch normalisation now uses the statistics of ${batchSize / now} images.`
    : `${numbers}. ${same} alone.`;
}
