/** The evaluation stage's public face: how good predictions are, in the competition's own numbers. */
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
