/** Types of cuda-library.mjs, for tests. */

/** Where the CUDA half of the addon is built. */
export const cudaFolder: string;
/** The library. */
export const cudaLibraryFile: string;
/** What the compiler said while it built the library. */
export const compilerLog: string;
/** Whether the library is there and was built from these sources. */
export function hasCudaLibrary(): boolean;
/** Builds the library; throws if that fails. */
export function buildCudaLibrary(): void;
