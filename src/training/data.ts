/** The loaders of a run, which the caller closes. */
import { type Manifest, resolveSamples } from '../dataset/index.js';
import {
  atStrength,
  createLoader,
  evaluationAugmentation,
  type Loader,
  type PixelType,
  type Preprocessing,
} from '../pipeline/index.js';
import { batchPlace } from './augment.js';
import type { ResolvedPlan } from './plan.js';

export interface LoaderParts {
  plan: ResolvedPlan;
  manifest: Manifest;
  preprocessing: Preprocessing;
}

/** Augmented and shuffled. `strength` is that of the augmentation, 0…1. */
export function trainingLoader(parts: LoaderParts, strength: number): Loader<PixelType> {
  const { values, augmentation, training } = parts.plan;
  const { augment, dtype, sampling, damaged } = values;
  return createLoader({
    ...shared(parts),
    samples: resolveSamples(parts.manifest, training),
    augmentation: atStrength(augmentation, strength),
    augment,
    ...batchPlace(),
    dtype,
    shuffle: true,
    sampling,
    damaged,
  });
}

/** Centre crops in order. Undefined when the task has no validation images. */
export function validationLoader(parts: LoaderParts): Loader | undefined {
  const { values, validation } = parts.plan;
  if (validation.length === 0) {
    return undefined;
  }
  return createLoader({
    ...shared(parts),
    samples: resolveSamples(parts.manifest, validation),
    augmentation: evaluationAugmentation,
    // A replacement would count one image twice; a marked image does not count.
    damaged: values.damaged === 'refill' ? 'mark' : 'fail',
  });
}

function shared({ plan, preprocessing }: LoaderParts) {
  const { batchSize, threads, memoryMB, seed, failureBudget } = plan.values;
  return { preprocessing, batchSize, threads, memoryMB, seed, failureBudget };
}
