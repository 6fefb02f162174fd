/** The public face of the prediction stage: a trained classifier's probabilities for images. */
export { type ClassifiedBatch, classifyPiece } from './batches.js';
export {
  type Classification,
  type ClassifyProgress,
  type ClassifyRequest,
  classify,
  classifyBatches,
  classifyShape,
} from './classify.js';
export { ensemble } from './ensemble.js';
export {
  checkEnsembleFolder,
  type EnsembleMember,
  type EnsembleRecord,
  ensembleIn,
  saveEnsemble,
  type TaskEnsemble,
} from './ensemble-record.js';
export { type CutNetwork, cutNetwork } from './grad-cam/feature-map.js';
export { classMaps, type GradCamRequest, gradCam, type SeenImage } from './grad-cam/grad-cam.js';
export {
  type Ensemble,
  type EnsembleRuns,
  loadEnsemble,
  runsOfEnsemble,
} from './load-ensemble.js';
export {
  atTemperature,
  type Columns,
  logitsOf,
  type MeanName,
  meanNames,
  means,
} from './mean.js';
export { type Classifiers, type Member, membersOf } from './members.js';
export { type ClassifyOptions, classifyOptions, viewOptions } from './options.js';
export { type Prediction, type PredictRequest, predict, rowsOf } from './predict.js';
export { checkProbabilities } from './probabilities.js';
export { loadPrediction, type StoredPrediction, savePrediction } from './storage.js';
export { type TeachRequest, taughtInWords, teach } from './teach/teach.js';
export { topClasses } from './top-classes.js';
export { type Views, variantsOf } from './views.js';
