/** SHA-256, by which Bobbin recognises content. */
import { createHash } from 'node:crypto';

/** The SHA-256 of bytes, or of a text's UTF-8 bytes, in 64 hex digits; of several pieces, that of all in a row. */
export const sha256 = (...pieces: (string | Uint8Array)[]): string => sha256OfPieces(pieces);

/** As {@link sha256}; the pieces may be made one after the other. */
export function sha256OfPieces(pieces: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) {
    hash.update(piece);
  }
  return hash.digest('hex');
}
