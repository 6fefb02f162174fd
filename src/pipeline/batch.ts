/** A finished batch of images, held by whoever asked for it until it is adopted or released. */
import type { SlotLease } from '../native.js';
import { pipelineAddon } from './native-loader.js';
import type { PixelArrays, PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';

/** What a batch is made of. */
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
  waitMs: number;
}

/** Rendered images in a slot of the loader's ring. Hold few: the ring has no other memory. */
export class Batch<Type extends PixelType = 'float32'> {
  /** Pass it to `adoptBatch` for a tensor without a copy. Ends there or with {@link release}. */
  readonly lease: SlotLease;
  /** The CUDA device that it lies on, by its number; undefined in main memory. */
  readonly gpuDevice: number | undefined;
  /** [images · views, crop, crop, 3]; with five- or ten-crop the views of an image follow each other. */
  readonly shape: readonly [number, number, number, number];
  readonly dtype: Type;
  /** Says how the pixels are normalised or, with `uint8`, are yet to be. */
  readonly preprocessing: Preprocessing;
  /** One an image; −1 where `indices` is. */
  readonly labels: Int32Array;
  /** Of the image that mixup or cutmix mixed into each; an unmixed image's own label. */
  readonly partnerLabels: Int32Array;
  /** Each image's share of its mixture, λ, 0…1; the partner's is 1 − λ. 1 where unmixed. */
  readonly weights: Float32Array;
  /** Each image's place in the loader's samples; −1 for one marked as damaged, whose bytes are 0. */
  readonly indices: Int32Array;
  /** Time from asking for the batch to having it, in milliseconds. */
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
    this.waitMs = parts.waitMs;
  }

  /** Images in the batch; the last batch of an epoch may have fewer than the others. */
  get count(): number {
    return this.indices.length;
  }

  /** A copy of the pixels in main memory, row-major in `shape`. Throws once the batch was released or adopted. */
  pixels(): PixelArrays[Type] {
    return toArray(this.dtype, pipelineAddon().copyLease(this.lease)) as PixelArrays[Type];
  }

  /** Gives the memory back unused. Throws once the batch was released or adopted. */
  release(): void {
    pipelineAddon().releaseLease(this.lease);
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

/** IEEE 754's binary16: a sign, 5 bits of exponent and 10 of fraction. The pipeline stores no NaN. */
function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) {
    return sign * Number.POSITIVE_INFINITY;
  }
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
