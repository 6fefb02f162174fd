/** Replaces the CUDA device by the reference device, so that the code above it runs without a GPU. */
import type { TestContext } from 'node:test';
import type { NativeLoaderOptions } from '../../src/pipeline/native-loader.js';
import { pipelineAddon } from '../../src/pipeline/native-loader.js';

/** Until the test ends, loaders that request a CUDA device get the reference device, which works on the CPU in main memory. */
export function useReferenceDevice(t: TestContext): void {
  const addon = pipelineAddon();
  const { Loader, cudaStatus } = addon;
  class LoaderOnReference extends Loader {
    constructor(options: NativeLoaderOptions, wake: () => void) {
      super(options.device === 'cuda' ? { ...options, device: 'host' } : options, wake);
    }
  }
  const status = { available: true, reason: '', driver: 0, runtime: 0, name: 'CPU' };
  Object.assign(addon, { Loader: LoaderOnReference, cudaStatus: () => status });
  t.after(() => Object.assign(addon, { Loader, cudaStatus }));
}
