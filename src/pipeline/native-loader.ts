/** The types of what the addon's loader.cc exports; only src/pipeline uses it. */
import { native, type SlotLease } from '../native.js';
import type { Augmentation } from './augmentation.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';

/** Already validated: the native side asserts. */
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
  /** Where batches lie; `host` is the reference: what a CUDA device does, done by the CPU in main memory. */
  device: 'none' | 'host' | 'cuda';
  /** Who augments; without a device always the CPU. */
  augment: 'cpu' | 'gpu';
  /** File of the library that opens a CUDA device, and the device's number. */
  cudaLibrary: string;
  gpuDevice: number;
}

/**
 * A finished batch; `indices` has one sample index an image, −1 for a marked one, `partners` what it is
 * mixed with (itself where unmixed), `weights` its share (1 where unmixed).
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
  /** Images that the device decoded, and that its kernel rendered, and the time that batches were with it. */
  deviceDecoded: number;
  deviceRendered: number;
  deviceMicroseconds: number;
  /** Slots held right now. */
  leased: number;
  /** Of all slots. */
  ringBytes: number;
}

export interface NativeLoader {
  /** Drops what was prepared and starts rendering an epoch from one of its batches. */
  beginEpoch(epoch: number, firstBatch: number): void;
  /** The next batch in order, null while it is not finished. Throws when the run has failed. */
  take(): NativeBatch | null;
  /** Samples that are no JPEG, to be decoded here and answered by `supply` or `supplyFailure`. */
  takeRequests(): { ticket: number; sample: number }[];
  /** Upright interleaved RGB, which is copied; an ArrayBuffer that it fills is detached. */
  supply(ticket: number, rgb: Uint8Array, width: number, height: number): void;
  supplyFailure(ticket: number, reason: string): void;
  /** One entry for each damaged sample met so far, by index. */
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

/** A change of the whole view by an amount in its own unit: `apply_effects` of native/core/render/effects.h has them all. */
export interface Effect {
  kind:
    | ('verticalFlip' | 'rotate' | 'blur')
    | ('shearX' | 'shearY' | 'translateX' | 'translateY')
    | ('brightness' | 'color' | 'contrast' | 'sharpness')
    | ('posterize' | 'solarize' | 'autocontrast' | 'equalize');
  amount: number;
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
  /** What is blotted out, in pixels of the view. */
  erased?: Rectangle;
}

/** What is known of the CUDA device that a loader would take. */
export interface CudaStatus {
  available: boolean;
  /** Why it is not, and the way out; empty where it is. */
  reason: string;
  /** CUDA versions, e.g. 13000 for 13.0: what the driver can do, and what Bobbin was built with; 0 where unknown. */
  driver: number;
  runtime: number;
  /** The name of device 0; empty where there is none. */
  name: string;
}

/** What the pipeline takes from the addon. */
export interface NativePipeline {
  Loader: NativeLoaderConstructor;
  drawRecipes(
    augmentation: Augmentation,
    preprocessing: Preprocessing,
    of: { seed: number; epoch: number; sample: number; width: number; height: number },
  ): Recipe[];
  cudaStatus(library: string): CudaStatus;
  /** A copy of the bytes, wherever they lie. Throws where the lease has ended. */
  copyLease(lease: SlotLease): ArrayBuffer;
  /** Gives the slot back. Throws where the lease has ended. */
  releaseLease(lease: SlotLease): void;
}

/** The addon, as the pipeline uses it. */
export function pipelineAddon(): NativePipeline {
  return native() as NativePipeline;
}
