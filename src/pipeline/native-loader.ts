/** The types of the exports of the addon's loader.cc. Only src/pipeline uses them. */
import type { Box, ImageList } from '../dataset/index.js';
import { native, type SlotLease } from '../native.js';
import type { Augmentation } from './augmentation.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import type { Variant } from './variants.js';

/** An augmentation, and the views of each fixed window, one or more. */
export interface NativeAugmentation extends Augmentation {
  variants: readonly Required<Variant>[];
}

/** Options of the native loader. They must be valid: the native side only asserts. */
export interface NativeLoaderOptions {
  images: ImageList;
  preprocessing: Preprocessing;
  augmentation: NativeAugmentation;
  dtype: PixelType;
  batchSize: number;
  threads: number;
  slots: number;
  seed: number;
  shuffle: boolean;
  /** Where the images of each class end, with balanced classes, of which an epoch has this many images; else empty and 0. */
  classEnds: Uint32Array;
  balancedLength: number;
  workerIndex: number;
  workerCount: number;
  damaged: 'refill' | 'mark' | 'fail';
  failureBudget: number;
  /** `check` decodes images wholly and writes nothing into batches, so that `device` and `augment` have no effect. */
  work: 'render' | 'check';
  /** Where batches lie. `host` is the reference device, which does a CUDA device's work on the CPU in main memory. */
  device: 'none' | 'host' | 'cuda';
  /** The device that renders; without a device always the CPU. */
  augment: 'cpu' | 'gpu';
  /** Path of the library that opens a CUDA device. */
  cudaLibrary: string;
  gpuDevice: number;
}

/** A finished batch. The three arrays have one entry for each image. */
export interface NativeBatch {
  lease: SlotLease;
  /** Indices of the samples; −1 for an image marked as damaged. */
  indices: Int32Array;
  /** Indices of the samples they are mixed with; an unmixed image's own index. */
  partners: Int32Array;
  /** Each image's share of its mixture, 0…1; 1 for an unmixed image. */
  weights: Float32Array;
}

/** Totals since the loader was made, summed over threads. */
export interface NativeStatistics {
  images: number;
  readBytes: number;
  readMicroseconds: number;
  decodeMicroseconds: number;
  renderMicroseconds: number;
  /** Images that the device decoded. */
  deviceDecoded: number;
  /** Images that the device's kernel rendered. */
  deviceRendered: number;
  /** Time that batches spent on the device. */
  deviceMicroseconds: number;
  /** Slots that the consumer holds now. */
  leased: number;
  /** Memory of all slots. */
  ringBytes: number;
}

export interface NativeLoader {
  /** Drops all prepared batches and starts to render epoch `epoch` from its batch `firstBatch`. */
  beginEpoch(epoch: number, firstBatch: number): void;
  /**
   * The next batch in order; null while it is not finished.
   *
   * @throws an Error when the run has failed.
   */
  take(): NativeBatch | null;
  /** Samples that are not JPEG files. JavaScript decodes each and answers by `supply` or `supplyFailure`. */
  takeRequests(): { ticket: number; sample: number }[];
  /** Takes upright interleaved RGB, which is copied. If it fills its ArrayBuffer, that is detached. */
  supply(ticket: number, rgb: Uint8Array, width: number, height: number): void;
  supplyFailure(ticket: number, reason: string): void;
  /** The damaged samples found so far, by index. */
  failures(): { index: number; reason: string }[];
  statistics(): NativeStatistics;
  /** Whether the event loop stays alive for the next wake-up. */
  hold(held: boolean): void;
  /** Stops and joins the threads. Leases stay valid. */
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
  'perspective',
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
  /** The part of the view that the window fills, in its pixels, if a border of the mean colour is around it. */
  photo?: Rectangle;
  flip: boolean;
  /** 3×4, row-major: colour′ = A · (red, green, blue, mean grey of the view)ᵀ. */
  color: number[];
  /** Standard deviation in 0…255 units. */
  noise: number;
  /** In the order in which they are applied. */
  effects: Effect[];
  /** The erased rectangle, in pixels of the view. */
  erased?: Rectangle;
}

/** The state of the CUDA device that a loader would use. */
export interface CudaStatus {
  available: boolean;
  /** Why it is not available, and the remedy; empty when it is available. */
  reason: string;
  /** The newest CUDA version that the driver supports, e.g. 13000 for 13.0; 0 if unknown. */
  driver: number;
  /** The CUDA version that Bobbin was built with; 0 if unknown. */
  runtime: number;
  /** The name of device 0; empty without a device. */
  name: string;
}

/** The part of the addon that the pipeline uses. */
export interface NativePipeline {
  Loader: NativeLoaderConstructor;
  drawRecipes(
    augmentation: Augmentation | NativeAugmentation,
    preprocessing: Preprocessing,
    of: { seed: number; epoch: number; sample: number; width: number; height: number; box?: Box },
  ): Recipe[];
  /** The list of operations in C++, by which a test checks {@link effectKinds} and the options. */
  effects: readonly { kind: string; needsWholeView: boolean }[];
  /** The defaults of C++'s `Augmentation`, which a test compares with `evaluationAugmentation`. */
  defaultAugmentation: Augmentation;
  cudaStatus(library: string): CudaStatus;
  /**
   * A copy of the slot's bytes in main memory.
   *
   * @throws an Error when the lease has ended.
   */
  copyLease(lease: SlotLease): ArrayBuffer;
  /**
   * Gives the slot back.
   *
   * @throws an Error when the lease has ended.
   */
  releaseLease(lease: SlotLease): void;
}

/** The addon by the pipeline's type. */
export function pipelineAddon(): NativePipeline {
  return native() as NativePipeline;
}
