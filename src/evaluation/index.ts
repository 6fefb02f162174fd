/** The evaluation stage's public face: how good predictions are, in the competition's own numbers. */
export {
  type Classification,
  type ClassifyOptions,
  type ClassifyProgress,
  type ClassifyRequest,
  classify,
  classifyOptions,
  type UnreadableFile,
} from './classify.js';
export {
  type EvaluateRequest,
  type Evaluation,
  evaluate,
  type ScoreRequest,
  score,
  type WrongAnswer,
} from './evaluate.js';
export {
  averagePrecision,
  basicPrecision,
  confusionMatrix,
  meanAveragePrecision,
  meanReciprocalRank,
  type Scored,
  topClass,
} from './metrics.js';
