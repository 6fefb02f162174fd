/** From a trained classifier to probabilities of new images. */
export { ensemble } from './ensemble.js';
export { type Prediction, type PredictRequest, predict, rowsOf } from './predict.js';
export { loadPrediction, savePrediction } from './storage.js';
