/** Joins many short texts into few pieces, which are hashed or written in one call each. */

/** In UTF-16 code units. */
const pieceLength = 256 * 1024;

/** The texts one after the other, as UTF-8. */
export function* textPieces(texts: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length >= pieceLength) {
      yield Buffer.from(piece);
      piece = '';
    }
  }
  yield Buffer.from(piece);
}
