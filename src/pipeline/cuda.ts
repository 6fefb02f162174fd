/** Whether there is a CUDA device for batches, and if not, why. */
import { conflict, missing } from '../errors.js';
import { cudaLibrary } from '../native.js';
import { cudaLoadFault, wayOut } from '../set-up.js';
import type { LoaderOptions } from './loader-options.js';
import { type CudaStatus, pipelineAddon } from './native-loader.js';

/** The state of the CUDA device, looked up at each call. Never throws. */
export function cudaStatus(): CudaStatus {
  const fault = cudaLoadFault();
  if (fault !== undefined) {
    // A damaged library may crash the process that opens it.
    const reason = `${fault}; ${wayOut(fault)}`;
    return { available: false, reason, driver: 0, runtime: 0, name: '' };
  }
  return pipelineAddon().cudaStatus(cudaLibrary);
}

/** @throws InvalidInputError with the reason when there is no device for `what`, for example `augment gpu`. */
export function requireCuda(what: string): void {
  const { available, reason } = cudaStatus();
  if (!available) {
    throw missing(
      'a CUDA device',
      what,
      `Found: ${reason}; \`npx bobbin doctor\` shows every part`,
    );
  }
}

/**
 * Where batches lie: on the GPU if it augments, else where `memory` puts them, by default in main memory.
 *
 * @throws InvalidInputError for `memory: main` beside `augment: gpu`, and when a GPU is needed and there is none.
 */
export function memoryOf({ augment, memory }: Pick<LoaderOptions, 'augment' | 'memory'>) {
  if (augment === 'gpu' && memory === 'main') {
    const why = 'A GPU that augments renders into its own memory';
    throw conflict('`augment: gpu`', '`memory: main`', why);
  }
  if (augment !== 'gpu' && memory !== 'gpu') {
    return 'main';
  }
  requireCuda(augment === 'gpu' ? 'augment gpu' : 'memory gpu');
  return 'gpu';
}
