/** Types of cuda-device.mjs, for its tests. */
import type { Finding, Machine } from './gpu.mjs';

/** What the addon's `cudaStatus` and `cudaDecoders` say. */
export interface DeviceAnswer {
  available: boolean;
  reason: string;
  name: string;
  driver: number;
  decoders: string;
}

export function inspectDevice(addon: string, library: string, machine?: Machine): Finding;
export function describe(answer: DeviceAnswer, library: string): Finding;
