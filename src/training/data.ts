/** What the data give a run: its loaders, which the caller closes, and the loss with the weights of their classes. */
import { type Manifest, resolveSamples, type Samples } from '../dataset/index.js';
import {
  atStrength,
  createLoader,
  evaluationAugmentation,
  type Loader,
  type PixelType,
  type Preprocessing,
} from '../pipeline/index.js';
import { batchPlace } from './augment.js';
import type { RowLosses } from './loss/loss.js';
import { trainingLoss } from './loss/options.js';
import type { Plan, ResolvedPlan } from './plan.js';

export interface LoaderParts {
  plan: ResolvedPlan;
  manifest: Manifest;
  preprocessing: Preprocessing;
}

/** Augmented and shuffled. `strength` is that of the augmentation, 0…1. */
export function trainingLoader(parts: LoaderParts, strength: number): Loader<PixelType> {
  const { values, augmentation, training } = parts.plan;
  const { augment, dtype, damaged } = values;
  return createLoader({
    ...shared(parts),
    samples: resolveSamples(parts.manifest, training),
    augmentation: atStrength(augmentation, strength),
    augment,
    ...batchPlace(),
    dtype,
    shuffle: true,
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

/** The loss of training: class weights follow from the labels of the training images. */
export function lossOf({
  values,
  classes,
  training,
}: Pick<Plan, 'values' | 'classes' | 'training'>): RowLosses {
  return trainingLoss(values, { labels: labelsOf(training), classes: classes.length });
}

function* labelsOf(samples: Samples): Generator<number> {
  for (const { label } of samples) {
    yield label;
  }
}
