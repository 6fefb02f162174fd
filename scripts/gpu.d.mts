/** Types of gpu.mjs, for its tests. */
import type { Wheel } from './pins.mjs';

/** Where to look; this process's environment and machine by default. */
export interface Machine {
  env?: NodeJS.ProcessEnv;
  /** The dynamic loader's cache, as ldconfig writes it. */
  loaderCache?: string;
}

/** What doctor prints in a row; see parts.mjs. */
export interface Finding {
  ok: boolean;
  optional?: boolean;
  version?: string;
  from?: string;
  remedy?: string;
}

export function findDriver(machine?: Machine): { library: string; version?: string } | undefined;
export function gpuChoice(machine?: Machine): { tensorflow: boolean; kernels: boolean };
export function tensorflowWheel(machine?: Machine): Wheel;
export function inspectDriver(machine?: Machine): Finding;
