/** How a training of several workers starts: worker 0 says what the run is, and the others check that they can take part. */
import type { Cluster } from '../../cluster/index.js';
import { sha256 } from '../../disk/index.js';
import { expected, InvalidInputError } from '../../errors.js';
import type { Classifier } from '../../model/index.js';
import type { Augmenter, Preprocessing } from '../../pipeline/index.js';
import { checkSameSettings, type Settings } from '../../settings.js';
import type { Position } from '../checkpoint/checkpoint.js';
import { type Plan, withAugmenter } from '../plan.js';
import { settingsOf } from '../settings.js';
import type { Start } from '../start.js';
import { Workers } from './workers.js';

/** @throws InvalidInputError when they cannot divide a batch or the images */
export function workersOf(cluster: Cluster | undefined, plan: Plan): Workers | undefined {
  if (cluster === undefined) {
    return undefined;
  }
  const images = plan.training.length;
  if (images < cluster.size) {
    throw expected(`at least an image for each of ${cluster.size} workers`, 'training', images);
  }
  return new Workers(cluster, plan.values);
}

/** What worker 0 tells the others. */
interface Beginning {
  settings: Settings;
  preprocessing: Preprocessing;
  /** Of a resumed run. */
  position?: Position | undefined;
}

/** Where a worker starts. */
export interface WorkerStart extends Start {
  position?: Position | undefined;
}

/**
 * Where all workers start: worker 0 by `begin`, the others as it says.
 *
 * @throws InvalidInputError when another worker has other options, images or weights to train, and what `begin` throws
 */
export async function startTogether(
  workers: Workers,
  { plan, classifier, run }: { plan: Plan; classifier: Classifier; run: string },
  begin: () => Promise<WorkerStart>,
): Promise<WorkerStart> {
  let start: WorkerStart | undefined;
  const [told] = await workers.together('start', async () => {
    start = workers.isChief ? await begin() : undefined;
    return start === undefined ? '' : JSON.stringify(beginningOf(start));
  });
  const shapes = await workers.together('check', () => {
    start ??= startAs(JSON.parse(told as string), plan, run);
    return sha256(JSON.stringify(classifier.model.weights.map(({ shape }) => shape)));
  });
  const other = shapes.findIndex((shape) => shape !== shapes[0]);
  if (other > 0) {
    throw new InvalidInputError(
      `worker ${other} has another network than worker 0. Give all workers the same network`,
    );
  }
  return start as WorkerStart;
}

const beginningOf = ({ settings, preprocessing, position }: WorkerStart): Beginning => ({
  settings,
  preprocessing,
  position,
});

function startAs({ settings, preprocessing, position }: Beginning, plan: Plan, run: string) {
  const own = withAugmenter(plan, settings.augment as Augmenter);
  // Worker 0 sends its weights, so their paths may differ between machines.
  const model = settings.model as Parameters<typeof settingsOf>[1]['model'];
  const recipe = settings.recipe as string | undefined;
  checkSameSettings(`Worker 0, with ${run},`, settings, settingsOf(own, { model, recipe }));
  return { plan: own, settings, preprocessing, position };
}
