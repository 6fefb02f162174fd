/** A format that weights are stored in, and what its reader yields. */
import type { ByteSource } from '../../disk/index.js';

/** One tensor of a file, row-major. Tensors may share their memory where the file has them share it. */
export interface NamedTensor {
  shape: number[];
  values: Float32Array;
}

/** The float32 tensors of a file by name. Integers are left out: they count batches, and no network takes them. */
export type NamedTensors = Map<string, NamedTensor>;

export interface WeightsFormat {
  /** For errors that list the formats. */
  name: string;
  /** Whether a file that begins with these bytes, {@link beginningBytes} or all, is of the format; no two formats claim the same. */
  looksLike(beginning: Buffer): boolean;
  /**
   * Reads the tensors of a file; none of its code is run. Files beside it are found by its path.
   *
   * @throws InvalidInputError when the content is damaged, or is not what the format allows
   */
  read(source: ByteSource): Promise<NamedTensors>;
}

/** So many bytes tell the format of a file. */
export const beginningBytes = 64;

/** What to do with a file that has a network and not weights alone. */
export const networkRemedy =
  'A network, such as an ONNX or .keras file, is imported first: npx bobbin import FILE --out NET, then --model ./NET';

/** The number of elements of a shape. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);
