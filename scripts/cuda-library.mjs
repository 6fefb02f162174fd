/** bobbin_cuda.so, the CUDA half of the addon: says whether it is current, and builds it by the pinned toolchain. */
import fs from 'node:fs';
import path from 'node:path';
import { nativeHash } from './inputs.mjs';
import { wheelFolder, wheels } from './pins.mjs';
import { folderFault, readRecord, recordFault, writeRecord } from './record.mjs';
import { packageRoot } from './root.mjs';
import { workQuietly } from './run.mjs';
import { fetchWheel, libraryRecords, wheelFault } from './wheels.mjs';

/** The folder of the build. */
export const cudaFolder = path.join(packageRoot, 'cuda-build');
/** The library. */
export const cudaLibraryFile = path.join(cudaFolder, 'bobbin_cuda.so');
/** The compiler's output while it built the library. */
export const compilerLog = path.join(cudaFolder, 'compiler.log');

const inputHash = () => nativeHash([wheelFolder(wheels.cudaToolchain)]);

/** What is wrong with the library, or undefined if it is as it was built from these sources. */
export const cudaFault = () => folderFault(cudaFolder, inputHash());
/** What is wrong with the library, or with those that it opens, as they were built; undefined if nothing is, or nothing was built. */
export function cudaLoadFault() {
  const record = readRecord(cudaFolder);
  return record && recordFault(cudaFolder, record);
}
/** Whether the library exists and was built from these sources. */
export const hasCudaLibrary = () => cudaFault() === undefined;

/**
 * Builds the library from nothing, since the compiler reports on a kernel only when it compiles it.
 * @throws {Error} when the build fails
 */
export function buildCudaLibrary() {
  if (wheelFault(wheels.cudaToolchain) !== undefined) {
    fetchWheel(wheels.cudaToolchain);
  }
  fs.rmSync(cudaFolder, { recursive: true, force: true });
  const hash = inputHash();
  const toolchain = path.join(wheelFolder(wheels.cudaToolchain), 'nvidia', 'cu13');
  const configure = ['-S', packageRoot, '-B', cudaFolder, `-DBOBBIN_CUDA_ROOT=${toolchain}`];
  workQuietly({ label: 'CUDA kernels: configuring' }, 'cmake', configure);
  const build = ['--build', cudaFolder, '--parallel', '2', '--target', 'bobbin_cuda'];
  // Make must not mix the output of two compilers.
  const env = { ...process.env, MAKEFLAGS: '--output-sync=target' };
  workQuietly({ label: 'CUDA kernels: compiling', log: compilerLog }, 'cmake', build, { env });
  const libraries = libraryRecords(wheels.cudaToolchain);
  writeRecord(cudaFolder, hash, [path.basename(cudaLibraryFile)], libraries);
}
