/** The public face of the features stage: images through a network, batch by batch. */
export { type ImageFiles, type ImageProgress, imageAt, startClock } from './files.js';
export { type Piece, streamPiece, type UnreadableFile } from './stream.js';
