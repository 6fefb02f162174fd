/** A finished batch of images, held by whoever asked for it until it is adopted or released. */
import { native, type SlotLease } from '../native.js';

/** What a batch is made of. */
export interface BatchParts {
  lease: SlotLease;
  shape: [number, number, number, number];
  labels: Int32Array;
  indices: Int32Array;
  waitMs: number;
}

/** Rendered images in a slot of the loader's ring. Hold few: the ring has no other memory. */
export class Batch {
  /** Pass it to `adoptBatch` for a tensor without a copy. Ends there or with {@link release}. */
  readonly lease: SlotLease;
  /** [images · views, crop, crop, 3]; with ten-crop the ten views of an image follow each other. */
  readonly shape: readonly [number, number, number, number];
  readonly dtype = 'float32';
  /** One an image; −1 where `indices` is. */
  readonly labels: Int32Array;
  /** Each image's place in the loader's samples; −1 for one marked as damaged, whose pixels are 0. */
  readonly indices: Int32Array;
  /** Time from asking for the batch to having it, in milliseconds. */
  readonly waitMs: number;

  constructor(parts: BatchParts) {
    this.lease = parts.lease;
    this.shape = parts.shape;
    this.labels = parts.labels;
    this.indices = parts.indices;
    this.waitMs = parts.waitMs;
  }

  /** Images in the batch; the last batch of an epoch may have fewer than the others. */
  get count(): number {
    return this.indices.length;
  }

  /** A copy of the pixels, row-major in `shape`. Throws once the batch was released or adopted. */
  pixels(): Float32Array {
    return new Float32Array(native().copyLease(this.lease));
  }

  /** Gives the memory back unused. Throws once the batch was released or adopted. */
  release(): void {
    native().releaseLease(this.lease);
  }
}
