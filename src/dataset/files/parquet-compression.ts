/** Decompresses the pages of Parquet files within a bound: a page may state any size, and unpack to it. */
import type { Compressors } from 'hyparquet';
import { expected } from '../../errors.js';

const spareBytes = 2 ** 26;
const mostRatio = 100;

/** Bytes that `packed` bytes may become: images are compressed already, and hardly shrink. */
export function mostUnpacked(packed: number): number {
  return spareBytes + mostRatio * packed;
}

/** @throws InvalidInputError where the data at `place` become `bytes`, and these are more than `most`. */
export function checkUnpacked(bytes: number, most: number, place: string): void {
  if (bytes > most) {
    const remedy = 'Write the file again without compression and dictionaries';
    throw expected(`at most ${most} bytes after decompression`, place, bytes, remedy);
  }
}

/** hyparquet's decompressors. Together they make at most `most` bytes of the data at `place`. */
export async function boundedCompressors(most: number, place: string): Promise<Compressors> {
  const { compressors, decompressZstd } = await import('hyparquet-compressors');
  let made = 0;
  const all: Compressors = {
    ...compressors,
    // Without a buffer it makes what the data state.
    ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  };
  const bounded = Object.entries(all).map(([codec, decompress]): [string, typeof decompress] => [
    codec,
    (input, length) => {
      made += length;
      checkUnpacked(made, most, place);
      return decompress(input, length);
    },
  ]);
  return Object.fromEntries(bounded);
}
