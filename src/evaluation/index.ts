/** The public face of the evaluation stage: scores predictions by the competition's metrics, and by class. */

export {
  type Average,
  type AverageCandidate,
  type AverageRequest,
  averageCheckpoints,
} from './average-checkpoints.js';
export {
  type ChooseRequest,
  type ChosenEnsemble,
  chooseEnsemble,
  type EnsembleCandidate,
} from './ensemble/choose.js';
export type { MetricName, Truth } from './ensemble/metrics.js';
export { ensembleOptions } from './ensemble/options.js';
export {
  type Selection,
  type SelectionStep,
  type SelectRequest,
  selectEnsemble,
} from './ensemble/select.js';
export { fitTemperature } from './ensemble/temperature.js';
export { type EvaluateRequest, evaluate, type ScoreRequest, score } from './evaluate.js';
export { type Scored, topClass } from './metrics/answers.js';
export type { ScoreName } from './metrics/blocks.js';
export type { Interval } from './metrics/bootstrap.js';
export {
  type BinsOptions,
  brierScore,
  expectedCalibrationError,
  logLoss,
  type ReliabilityBin,
  reliabilityBins,
} from './metrics/calibration.js';
export { averagePrecisionScore, bestF1Threshold } from './metrics/class-curve.js';
export type { ClassScore, Confused, MeanScores } from './metrics/class-scores.js';
export {
  accuracy,
  averagePrecision,
  averagePrecisionByThreshold,
  basicPrecision,
  confusionMatrix,
  meanAveragePrecision,
  meanReciprocalRank,
} from './metrics/competition.js';
export { type CoveragePoint, precisionCoverage } from './metrics/coverage.js';
export type { LabelsScored } from './metrics/labels-answers.js';
export {
  type LabelsScoreName,
  type LabelsScores,
  type LabelsScoresRequest,
  labelsScoresOf,
  type ResampledLabelsScores,
  resampledLabelsScores,
} from './metrics/labels-scores.js';
export { type MeansByKind, meansOf, type TaskMeans, type TaskResamples } from './metrics/means.js';
export {
  type ResampledScores,
  resampledScores,
  type ScoredClass,
  type ScoredConfusion,
  type Scores,
  type ScoresRequest,
  type ScoringOptions,
  scoresOf,
} from './metrics/scores.js';
export { balancedAccuracy, macroF1, topAccuracy } from './metrics/shares.js';
export { type PredictedImage, readPredictions, type TaskPredictions } from './read-predictions.js';
export { saveEvaluation } from './save.js';
export { checkAverageFolder, saveAverage } from './save-average.js';
export type { Evaluation, OnResampled, WrongAnswer } from './scorer.js';
export { saveScores } from './scoring/save-scores.js';
export {
  type LabelsTaskScores,
  type ScoredPredictions,
  type ScorePredictionsRequest,
  scoreOptions,
  scorePredictions,
  type TaskScores,
} from './scoring/score-predictions.js';
export { type Doubt, doubtsOf } from './suspects/confident.js';
export {
  findSuspects,
  type Suspect,
  type SuspectsRequest,
  type TaskSuspects,
} from './suspects/find-suspects.js';
export { saveSuspects } from './suspects/save-suspects.js';
