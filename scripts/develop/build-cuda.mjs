/** `npm run build:cuda`: builds bobbin_cuda.so, prints what its kernels use of a GPU, and fails if one spills registers. */
import fs from 'node:fs';
import { buildCudaLibrary, compilerLog, cudaFolder, hasCudaLibrary } from '../cuda-library.mjs';
import { runScript, work } from '../run.mjs';
import { readResources, resourceTable, spilling } from './cuda-report.mjs';

function main() {
  if (!hasCudaLibrary()) {
    buildCudaLibrary();
  }
  // The programs that test/cuda runs, and those that need a GPU.
  const tests = ['cuda_status', 'cuda_device_tests', 'cuda_decoder_tests'];
  const programs = ['bobbin_cuda_tests', 'bobbin_cuda_bench'];
  work('cmake', ['--build', cudaFolder, '--parallel', '2', '--target', ...tests, ...programs]);
  const resources = readResources(fs.readFileSync(compilerLog, 'utf8'));
  console.log(resourceTable(resources));
  const spills = spilling(resources);
  if (spills.length > 0) {
    throw new Error(`Expected no kernel to spill registers, but these do: ${spills.join(', ')}`);
  }
}

runScript('build:cuda', main);
