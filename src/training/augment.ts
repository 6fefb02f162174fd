/** Where the training images of a run are augmented, on the CPU or on the GPU, and where their batches lie. */
import { type Manifest, resolveSamples } from '../dataset/index.js';
import {
  type AugmentChoice,
  chooseAugment,
  cudaStatus,
  type LoaderOptions,
  type Preprocessing,
} from '../pipeline/index.js';
import { gpuInUse } from '../tensorflow/index.js';
import type { Plan } from './plan.js';

/** The memory for batches: that of TensorFlow's GPU, so that TensorFlow copies nothing, if Bobbin can use it. */
export function batchPlace(): Pick<LoaderOptions, 'memory' | 'gpuDevice'> {
  const gpuDevice = gpuInUse();
  if (gpuDevice === undefined || !cudaStatus().available) {
    return { memory: 'main' };
  }
  return { memory: 'gpu', gpuDevice };
}

/** Chooses for `augment: 'auto'`, by the run's own images. */
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
    files: resolveSamples(manifest, training),
    obstacle: gpuInUse() === undefined ? 'TensorFlow computes there, too' : undefined,
  });
}
