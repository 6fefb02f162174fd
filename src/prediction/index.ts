/** The public face of the prediction stage: a trained classifier's probabilities for images. */
export {
  type Classification,
  type ClassifyOptions,
  type ClassifyProgress,
  type ClassifyRequest,
  classify,
  classifyOptions,
  type UnreadableFile,
} from './classify.js';
export { ensemble } from './ensemble.js';
export { type Prediction, type PredictRequest, predict, rowsOf } from './predict.js';
export { checkProbabilities } from './probabilities.js';
export { loadPrediction, type StoredPrediction, savePrediction } from './storage.js';
