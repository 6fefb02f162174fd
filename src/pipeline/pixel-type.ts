/** The types in which a batch may store its values. */

/** The array in which JavaScript gets the values of each {@link PixelType}; 16-bit floats become float32, without loss. */
export interface PixelArrays {
  float32: Float32Array;
  bfloat16: Float32Array;
  float16: Float32Array;
  uint8: Uint8Array;
}

/**
 * The type in which a batch stores its values:
 * - `float32`: (level − mean) / std, where a level is a colour of 0…255 after all augmentation;
 * - `bfloat16`: the same value rounded to nearest, ties to even, in half the memory;
 * - `float16`: the same as IEEE 754's binary16, whose fraction has three bits more and whose range ends at ±65504;
 * - `uint8`: the level, rounded in the same way, in a quarter of the memory. The consumer normalises it, as `adoptBatch`
 *   does.
 */
export type PixelType = keyof PixelArrays;

/** Bytes of a value. */
export const bytesOf: Record<PixelType, number> = { float32: 4, bfloat16: 2, float16: 2, uint8: 1 };
