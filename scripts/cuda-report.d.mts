/** Types of cuda-report.mjs, for its test. */

/** One kernel as compiled for one architecture. */
export interface Resources {
  kernel: string;
  architecture: string;
  /** Of a thread. */
  registers: number;
  /** Bytes of a block's static shared memory. */
  shared: number;
  /** Bytes of a thread's stack. */
  stack: number;
  /** Bytes of registers that did not fit, stored and loaded. */
  spillStores: number;
  spillLoads: number;
}

/** What `log`, the words of `ptxas -v`, says of each kernel, in its order. */
export function readResources(log: string): Resources[];
/** The kernels that spill, with their architecture. */
export function spilling(resources: Resources[]): string[];
/** A line for each kernel and architecture; memory in bytes. */
export function resourceTable(resources: Resources[]): string;
