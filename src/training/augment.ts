/** Who augments a run's training images, and where their batches lie. */
import { type Manifest, resolveSample } from '../dataset/index.js';
import { expected } from '../errors.js';
import {
  type AugmentChoice,
  type Augmenter,
  chooseAugment,
  cudaStatus,
  type LoaderOptions,
  type Preprocessing,
  requireCuda,
} from '../pipeline/index.js';
import { gpuInUse } from '../tensorflow/index.js';
import type { Plan } from './plan.js';

/** A plan that says who augments. */
export interface SettledPlan extends Plan {
  values: Plan['values'] & { augment: Augmenter };
}

export function settle(plan: Plan, augment: Augmenter): SettledPlan {
  const { values, settings } = plan;
  return { ...plan, values: { ...values, augment }, settings: { ...settings, augment } };
}

/** @throws InvalidInputError where the GPU is to augment and cannot, or TensorFlow would not compute there. */
export function checkAugment(augment: Plan['values']['augment']): void {
  if (augment !== 'gpu') {
    return;
  }
  requireCuda('augment gpu');
  if (gpuInUse() === undefined) {
    throw expected('cpu, since TensorFlow computes there,', 'augment', augment);
  }
}

/** Batches on TensorFlow's GPU, where Bobbin reaches it, need no copy by TensorFlow. */
export function batchPlace(): Pick<LoaderOptions, 'memory' | 'gpuDevice'> {
  const gpuDevice = gpuInUse();
  if (gpuDevice === undefined || !cudaStatus().available) {
    return { memory: 'main' };
  }
  return { memory: 'gpu', gpuDevice };
}

/** Chooses by the run's own images. */
export function chooseForRun(
  { values, augmentation, training }: Plan,
  manifest: Manifest,
  preprocessing: Preprocessing,
): Promise<AugmentChoice> {
  const { batchSize, threads, dtype } = values;
  return chooseAugment({
    ...batchPlace(),
    batchSize,
    threads,
    dtype,
    augmentation,
    preprocessing,
    files: training.map((sample) => resolveSample(manifest, sample)),
    obstacle: gpuInUse() === undefined ? 'TensorFlow computes there, too' : undefined,
  });
}
