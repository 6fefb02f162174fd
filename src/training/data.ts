/** The two loaders of a run: augmented and shuffled for training, centre crops in order for validation. */
import { type Manifest, resolveSamples } from '../dataset/index.js';
import {
  createLoader,
  evaluationAugmentation,
  type Loader,
  type PixelType,
  type Preprocessing,
} from '../pipeline/index.js';
import { batchPlace } from './augment.js';
import type { ResolvedPlan } from './plan.js';

/** The caller closes the loaders. `validation` is undefined when the task has no validation images. */
export function loadersOf(
  { values, augmentation, training, validation }: ResolvedPlan,
  manifest: Manifest,
  preprocessing: Preprocessing,
): { training: Loader<PixelType>; validation: Loader | undefined } {
  const { augment, dtype, batchSize, threads, memoryMB, seed, damaged, failureBudget } = values;
  const shared = { preprocessing, batchSize, threads, memoryMB, seed, failureBudget };
  return {
    training: createLoader({
      ...shared,
      samples: resolveSamples(manifest, training),
      augmentation,
      augment,
      ...batchPlace(),
      dtype,
      shuffle: true,
      damaged,
    }),
    validation:
      validation.length === 0
        ? undefined
        : createLoader({
            ...shared,
            samples: resolveSamples(manifest, validation),
            augmentation: evaluationAugmentation,
            // A replacement would count one image twice; a marked image does not count.
            damaged: damaged === 'refill' ? 'mark' : 'fail',
          }),
  };
}
