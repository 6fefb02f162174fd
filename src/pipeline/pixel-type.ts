/** The types that a batch's values may be stored as. */

/** What each {@link PixelType} is read as; what has 16 bits is widened, which loses nothing. */
export interface PixelArrays {
  float32: Float32Array;
  bfloat16: Float32Array;
  float16: Float32Array;
  uint8: Uint8Array;
}

/**
 * What a batch's values are stored as:
 * - `float32`: (level − mean) / std, a level being a colour of 0…255 after all augmentation;
 * - `bfloat16`: the same, rounded to nearest (ties to even), half the memory;
 * - `float16`: likewise, as IEEE 754's binary16, which has three bits more and ends at ±65504;
 * - `uint8`: the level itself, rounded likewise, a quarter of it. It is normalised by whoever takes
 *   it, as `adoptBatch` does.
 */
export type PixelType = keyof PixelArrays;

/** Bytes a value. */
export const bytesOf: Record<PixelType, number> = { float32: 4, bfloat16: 2, float16: 2, uint8: 1 };
