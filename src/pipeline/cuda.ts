/** Whether there is a CUDA device to put batches on, and why not. */
import { expected } from '../errors.js';
import { cudaLibrary } from '../native.js';
import type { LoaderOptions } from './loader-options.js';
import { type CudaStatus, pipelineAddon } from './native-loader.js';

/** Looks each time; never throws. */
export function cudaStatus(): CudaStatus {
  return pipelineAddon().cudaStatus(cudaLibrary);
}

/** @throws InvalidInputError with the reason, where there is no device to do `what`, such as `augment gpu`. */
export function requireCuda(what: string): void {
  const { available, reason } = cudaStatus();
  if (!available) {
    throw expected('a CUDA device', what, reason, 'Run `npx bobbin doctor`');
  }
}

/**
 * Where batches lie: on the device that augments, else where they are asked for.
 *
 * @throws InvalidInputError where that cannot be.
 */
export function memoryOf({ augment, memory }: Pick<LoaderOptions, 'augment' | 'memory'>) {
  if (augment === 'gpu' && memory === 'main') {
    throw expected('gpu or none beside augment gpu', 'memory', memory);
  }
  if (augment !== 'gpu' && memory !== 'gpu') {
    return 'main';
  }
  requireCuda(augment === 'gpu' ? 'augment gpu' : 'memory gpu');
  return 'gpu';
}
