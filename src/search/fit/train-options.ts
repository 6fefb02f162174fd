/** The options of a fine-tuning beside its recipe. */
import { samplesOf } from '../../dataset/index.js';
import { type GivenOptions, recipes } from '../../training/index.js';
import type { Photos } from './fitting.js';

/** Steps that an epoch has at least, on few images with smaller batches. */
const leastSteps = 4;

interface Training {
  recipe: 'quick' | 'strong';
  network: string;
  seed: number;
  /** By default the network's own. */
  size?: number | undefined;
}

/** What shapes the training of a network, but for the number of its epochs. */
export function trainingOf(
  { task, choosing }: Photos,
  { recipe, network, seed, size }: Training,
): GivenOptions {
  const images = samplesOf(choosing, task.name, 'train').length;
  const { batchSize } = recipes[recipe].options;
  const most = Math.max(2, Math.floor(images / leastSteps));
  return {
    recipe,
    ...(most < (batchSize ?? most) && { batchSize: most }),
    seed,
    model: { network, ...(size !== undefined && { size }) },
    // A killed call loses no more than this.
    checkpointMinutes: 2,
    // A photo that cannot be read is replaced by another, however many there are.
    failureBudget: Number.MAX_SAFE_INTEGER,
  };
}
