/** The public face of the evaluation stage: scores predictions by the competition's metrics. */
export {
  type EvaluateRequest,
  type Evaluation,
  evaluate,
  type ScoreRequest,
  score,
  type WrongAnswer,
} from './evaluate.js';
export {
  accuracy,
  averagePrecision,
  averagePrecisionByThreshold,
  basicPrecision,
  confusionMatrix,
  meanAveragePrecision,
  meanReciprocalRank,
  type Scored,
  topClass,
} from './metrics.js';
