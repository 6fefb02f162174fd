/** The public face of the prediction stage: a trained classifier's probabilities for images. */
export type { ClassifiedBatch } from './batches.js';
export {
  type Classification,
  type ClassifyProgress,
  type ClassifyRequest,
  classify,
  classifyBatches,
  classifyShape,
} from './classify.js';
export { ensemble } from './ensemble.js';
export type { Classifiers } from './members.js';
export { type ClassifyOptions, classifyOptions } from './options.js';
export { type Prediction, type PredictRequest, predict, rowsOf } from './predict.js';
export { checkProbabilities } from './probabilities.js';
export { loadPrediction, type StoredPrediction, savePrediction } from './storage.js';
export { topClasses } from './top-classes.js';
