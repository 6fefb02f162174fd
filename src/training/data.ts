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
import { loaderShare, type Place } from './workers/share.js';

export interface LoaderParts {
  plan: ResolvedPlan;
  manifest: Manifest;
  preprocessing: Preprocessing;
  /** Where several share each batch. */
  place?: Place | undefined;
}

/** Augmented and shuffled. `strength` is that of the augmentation, 0…1. */
export function trainingLoader(parts: LoaderParts, strength: number): Loader<PixelType> {
  const { values, augmentation, training } = parts.plan;
  const { augment, dtype, sampling, damaged } = values;
  return createLoader({
    ...shared(parts, training.length),
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

/** Centre crops in order. Undefined when the task has no validation images, or a worker no part of them. */
export function validationLoader(parts: LoaderParts): Loader | undefined {
  const { values, validation } = parts.plan;
  if (validation.length === 0 || (parts.place?.index ?? 0) >= validation.length) {
    return undefined;
  }
  return createLoader({
    ...shared(parts, validation.length),
    samples: resolveSamples(parts.manifest, validation),
    augmentation: evaluationAugmentation,
    // A replacement would count one image twice; a marked image does not count.
    damaged: values.damaged === 'refill' ? 'mark' : 'fail',
  });
}

function shared({ plan, preprocessing, place }: LoaderParts, images: number) {
  const { batchSize, threads, memoryMB, seed, failureBudget } = plan.values;
  const share = place && loaderShare(place, batchSize, images);
  return { preprocessing, batchSize, threads, memoryMB, seed, failureBudget, ...share };
}
