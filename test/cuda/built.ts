/** The library of `npm run build:cuda`, and whether tests that need it can run. */
import fs from 'node:fs';
import path from 'node:path';
import { cudaFolder, cudaLibraryFile, hasCudaLibrary } from '../../scripts/cuda-library.mjs';

/** The library. */
export const cudaLibrary = cudaLibraryFile;

/** Prints the cuda_status of the library that its argument names. */
export const statusProgram = path.join(cudaFolder, 'cuda_status');

/** The C++ tests of native/cuda over a stub of CUDA's runtime. */
export const deviceTests = path.join(cudaFolder, 'cuda_device_tests');

/** The C++ tests of its decoder, over a stub of nvJPEG as well. */
export const decoderTests = path.join(cudaFolder, 'cuda_decoder_tests');

/** A test's options: skips it, and says how to build, where the library or its tests are not there or not of these sources. */
export const needsLibrary = {
  skip:
    hasCudaLibrary() && [statusProgram, deviceTests, decoderTests].every(fs.existsSync)
      ? false
      : 'needs `npm run build:cuda`',
};
