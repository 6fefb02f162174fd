/** Where `npm run build:cuda` leaves its library, and whether tests that need it can run. */
import fs from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '..', '..', 'cuda-build');

/** The library. */
export const cudaLibrary = path.join(folder, 'bobbin_cuda.so');

/** Prints what cuda_status says of the library that its argument names. */
export const statusProgram = path.join(folder, 'cuda_status');

/** The C++ tests of native/cuda over a stub of CUDA's runtime. */
export const deviceTests = path.join(folder, 'cuda_device_tests');

/** The C++ tests of its decoder, over a stub of nvJPEG as well. */
export const decoderTests = path.join(folder, 'cuda_decoder_tests');

/** A test's options: skips it, and says how to build, where the library is not there. */
export const needsLibrary = {
  skip: fs.existsSync(cudaLibrary)
    ? false
    : 'bobbin_cuda.so is not built; `npm run build:cuda` builds it',
};
