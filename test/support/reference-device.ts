/** The reference device in place of a CUDA device, so that all above it runs where there is none. */
import type { TestContext } from 'node:test';
import type { NativeLoaderOptions } from '../../src/pipeline/native-loader.js';
import { pipelineAddon } from '../../src/pipeline/native-loader.js';

/** Until the test ends, loaders that ask for a CUDA device get the one that does the same on the CPU, in main memory. */
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
