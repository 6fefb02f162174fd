/** A finished batch of images. Its consumer holds the memory until it adopts or releases the batch. */
import type { SlotLease } from '../native.js';
import { pipelineAddon } from './native-loader.js';
import type { PixelArrays, PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';

declare global {
  // Programs whose `lib` lacks `esnext.disposable` read the declarations, too. @types/node declares the same.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/** The fields of a batch; see {@link Batch}. */
export interface BatchParts<Type extends PixelType> {
  lease: SlotLease;
  gpuDevice: number | undefined;
  dtype: Type;
  preprocessing: Preprocessing;
  shape: [number, number, number, number];
  labels: Int32Array;
  partnerLabels: Int32Array;
  weights: Float32Array;
  indices: Int32Array;
  partners: Int32Array;
  waitMs: number;
}

/** What a batch says of its images, apart from their pixels. */
export type BatchLabels = Pick<
  Batch<PixelType>,
  'count' | 'indices' | 'labels' | 'partners' | 'partnerLabels' | 'weights'
>;

/** Rendered images in a slot of the loader's ring. Hold few batches at a time: the ring has a fixed number of slots. */
export class Batch<Type extends PixelType = 'float32'> {
  /** The right to the slot. `adoptBatch` turns it into a tensor without a copy; that or {@link release} ends it. */
  readonly lease: SlotLease;
  /** The number of the CUDA device on which the batch lies; undefined in main memory. */
  readonly gpuDevice: number | undefined;
  /** [images · views, crop, crop, 3]. With five- or ten-crop the views of an image follow each other. */
  readonly shape: readonly [number, number, number, number];
  readonly dtype: Type;
  /** How the pixels are normalised or, with `uint8`, must still be normalised. */
  readonly preprocessing: Preprocessing;
  /** One label for each image; −1 where `indices` is −1. */
  readonly labels: Int32Array;
  /** For each image the label of its partner in mixup or cutmix; an unmixed image's own label. */
  readonly partnerLabels: Int32Array;
  /** Each image's share λ of its mixture, 0…1; its partner has 1 − λ. 1 for an unmixed image. */
  readonly weights: Float32Array;
  /** Each image's index in the loader's samples; −1 for a damaged image with `damaged: 'mark'`, whose bytes are 0. */
  readonly indices: Int32Array;
  /** For each image the index of its partner in mixup or cutmix; an unmixed image's own index. */
  readonly partners: Int32Array;
  /** Time that the consumer waited for this batch, in milliseconds. */
  readonly waitMs: number;

  constructor(parts: BatchParts<Type>) {
    this.lease = parts.lease;
    this.gpuDevice = parts.gpuDevice;
    this.dtype = parts.dtype;
    this.preprocessing = parts.preprocessing;
    this.shape = parts.shape;
    this.labels = parts.labels;
    this.partnerLabels = parts.partnerLabels;
    this.weights = parts.weights;
    this.indices = parts.indices;
    this.partners = parts.partners;
    this.waitMs = parts.waitMs;
  }

  /** Number of images; the last batch of an epoch may have fewer. */
  get count(): number {
    return this.indices.length;
  }

  /**
   * A copy of the pixels in main memory, row-major in `shape`.
   *
   * @throws an Error when the batch was released or adopted before.
   */
  pixels(): PixelArrays[Type] {
    return toArray(this.dtype, pipelineAddon().copyLease(this.lease)) as PixelArrays[Type];
  }

  /**
   * Gives the memory back without using it.
   *
   * @throws an Error when the batch was released or adopted before.
   */
  release(): void {
    pipelineAddon().releaseLease(this.lease);
  }

  /** For `using`: releases the batch, unless it was released or adopted before. */
  [Symbol.dispose](): void {
    try {
      this.release();
    } catch {
      // Released or adopted: nothing is left to give back.
    }
  }
}

function toArray(type: PixelType, bytes: ArrayBuffer): Float32Array | Uint8Array {
  if (type === 'uint8') {
    return new Uint8Array(bytes);
  }
  if (type === 'float32') {
    return new Float32Array(bytes);
  }
  const halves = new Uint16Array(bytes);
  if (type === 'float16') {
    return Float32Array.from(halves, fromFloat16);
  }
  // A bfloat16 is the upper half of the float32 of the same value.
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** Reads IEEE 754's binary16: a sign, 5 bits of exponent and 10 of fraction. The pipeline never stores NaN. */
function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) {
    return sign * Number.POSITIVE_INFINITY;
  }
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
