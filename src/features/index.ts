/** The public face of the features stage: what a frozen network says of images, and what is made of it without training. */
export { extractFeatures, type Features, type FeaturesRequest } from './extract.js';
export { type ImageFiles, type ImageProgress, imageAt, startClock } from './files.js';
export { type FindSimilarRequest, findSimilar } from './find-similar.js';
export { type LinearProbe, linearProbe, type ProbeRequest } from './linear-probe.js';
export { type NeighboursRequest, nearestNeighbours } from './neighbours.js';
export { featureOptions, mostViews } from './options.js';
export {
  type NamedPair,
  readSimilar,
  type SimilarImages,
  type SimilarPair,
  type SimilarRequest,
  saveSimilar,
  similarImages,
  similarOptions,
} from './similar.js';
export {
  batchImages,
  fullBatch,
  type Piece,
  type StreamedBatch,
  type StreamOptions,
  streamPiece,
  type UnreadableFile,
} from './stream.js';
