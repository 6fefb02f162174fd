/** Types of the addon's exports for loading and rendering; only src/pipeline uses them. */
import { native, type SlotLease } from '../native.js';
import type { Augmentation } from './augmentation.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';

/** Valid options: TypeScript checks them, C++ asserts. */
export interface NativeLoaderOptions {
  paths: string[];
  /** Three numbers a sample: index into `paths`, offset and length in bytes; length 0 is the whole file. */
  extents: Float64Array;
  preprocessing: Preprocessing;
  augmentation: Augmentation;
  dtype: PixelType;
  batchSize: number;
  threads: number;
  slots: number;
  seed: number;
  shuffle: boolean;
  workerIndex: number;
  workerCount: number;
  damaged: 'refill' | 'mark' | 'fail';
  failureBudget: number;
  /** The memory of batches; `host` is the reference: the CPU does the work of a CUDA device in main memory. */
  device: 'none' | 'host' | 'cuda';
  /** Who augments; without a device always the CPU. */
  augment: 'cpu' | 'gpu';
  /** Path of the library that opens a CUDA device, and the device's number. */
  cudaLibrary: string;
  gpuDevice: number;
}

/**
 * A finished batch. For each image, `indices` has its sample, −1 for a marked one, `partners` the sample that it is mixed
 * with (itself if unmixed), and `weights` its share (1 if unmixed).
 */
export interface NativeBatch {
  lease: SlotLease;
  indices: Int32Array;
  partners: Int32Array;
  weights: Float32Array;
}

/** Totals since the loader was made, summed over threads. */
export interface NativeStatistics {
  images: number;
  readBytes: number;
  readMicroseconds: number;
  decodeMicroseconds: number;
  renderMicroseconds: number;
  /** Images decoded by the device, images rendered by its kernel, and the time of batches on it. */
  deviceDecoded: number;
  deviceRendered: number;
  deviceMicroseconds: number;
  /** Slots held right now. */
  leased: number;
  /** Of all slots. */
  ringBytes: number;
}

export interface NativeLoader {
  /** Discards prepared batches and starts rendering an epoch from one of its batches. */
  beginEpoch(epoch: number, firstBatch: number): void;
  /** The next batch in order, null while it is not finished. Throws if the run has failed. */
  take(): NativeBatch | null;
  /** Samples that are not JPEGs: decode each and call `supply` or `supplyFailure`. */
  takeRequests(): { ticket: number; sample: number }[];
  /** Upright interleaved RGB, which is copied; an ArrayBuffer that it fills is detached. */
  supply(ticket: number, rgb: Uint8Array, width: number, height: number): void;
  supplyFailure(ticket: number, reason: string): void;
  /** One entry for each damaged sample so far, by index. */
  failures(): { index: number; reason: string }[];
  statistics(): NativeStatistics;
  /** While held, the event loop stays alive for the next wake-up. */
  hold(held: boolean): void;
  /** Stops and joins the threads. Leases live on. */
  close(): void;
}

/** `wake` is called on the JavaScript thread when `take` or `takeRequests` may have something new. */
export type NativeLoaderConstructor = new (
  options: NativeLoaderOptions,
  wake: () => void,
) => NativeLoader;

export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The kinds of effects: those of native/core/effects/operations.h, which a test compares. */
export const effectKinds = [
  'verticalFlip',
  'shearX',
  'shearY',
  'translateX',
  'translateY',
  'rotate',
  'brightness',
  'color',
  'contrast',
  'sharpness',
  'posterize',
  'solarize',
  'autocontrast',
  'equalize',
  'blur',
] as const;

/** A change of the view; the kind's file in native/core/effects/operations documents its amounts. */
export interface Effect {
  kind: (typeof effectKinds)[number];
  /** In the kind's own unit; 0 for a kind without an amount, the first for one with several. */
  amount: number;
  /** All amounts of a kind with several. */
  amounts?: number[];
}

/** One view of one sample, as it will be rendered. */
export interface Recipe {
  /** In pixels of the upright image; edges may lie between pixels. */
  window: Rectangle;
  /** Side of the square output in pixels. */
  size: number;
  flip: boolean;
  /** 3×4, row-major: colour′ = A · (red, green, blue, mean grey of the view)ᵀ. */
  color: number[];
  /** Standard deviation in 0…255 units. */
  noise: number;
  /** In the order of their application. */
  effects: Effect[];
  /** The erased rectangle, in pixels of the view. */
  erased?: Rectangle;
}

/** The state of the CUDA device that a loader would use. */
export interface CudaStatus {
  available: boolean;
  /** Why it is not available, and the remedy; empty if it is. */
  reason: string;
  /** CUDA versions, e.g. 13000 for 13.0: the driver's, and the one of Bobbin's build; 0 if unknown. */
  driver: number;
  runtime: number;
  /** The name of device 0; empty if there is none. */
  name: string;
}

/** The addon's exports for the pipeline. */
export interface NativePipeline {
  Loader: NativeLoaderConstructor;
  drawRecipes(
    augmentation: Augmentation,
    preprocessing: Preprocessing,
    of: { seed: number; epoch: number; sample: number; width: number; height: number },
  ): Recipe[];
  /** The list of operations in C++, by which a test checks {@link effectKinds} and the options. */
  effects: readonly { kind: string; needsWholeView: boolean }[];
  /** The defaults of C++'s `Augmentation`, which a test compares with `evaluationAugmentation`. */
  defaultAugmentation: Augmentation;
  cudaStatus(library: string): CudaStatus;
  /** A copy of the bytes from any memory. Throws if the lease has ended. */
  copyLease(lease: SlotLease): ArrayBuffer;
  /** Returns the slot. Throws if the lease has ended. */
  releaseLease(lease: SlotLease): void;
}

/** The addon, as the pipeline uses it. */
export function pipelineAddon(): NativePipeline {
  return native() as NativePipeline;
}
