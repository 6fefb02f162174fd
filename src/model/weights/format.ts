/** A format that weights are stored in, and what its reader yields. */

/** One tensor of a file, row-major. */
export interface NamedTensor {
  shape: number[];
  values: Float32Array;
}

/** The float32 tensors of a file by name. Integers are left out: they count batches, and no network takes them. */
export type NamedTensors = Map<string, NamedTensor>;

export interface WeightsFormat {
  /** For errors that list the formats. */
  name: string;
  /** Whether a file of this content is of the format; no two formats claim the same content. */
  looksLike(bytes: Buffer): boolean;
  /**
   * Reads the tensors of a file; none of its code is run.
   *
   * @param file names the content in errors; files beside it are found by it
   * @throws InvalidInputError when the content is damaged, or is not what the format allows
   */
  read(bytes: Buffer, file: string): NamedTensors | Promise<NamedTensors>;
}

/** A copy of the little-endian float32 values in bytes `start` to `end`: a typed array needs an aligned start. */
export const floatsIn = (bytes: Buffer, start: number, end: number): Float32Array =>
  new Float32Array(new Uint8Array(bytes.subarray(start, end)).buffer);
