/** The public face of the search stage: the best options of a training, and the best model of photos, in the time given. */
export { fitPhotos } from './fit/fit-photos.js';
export {
  type FitPhotosProgress,
  type FitPhotosRequest,
  type FitPhotosResult,
  fitPhotosOptions,
  leastBudget,
  usualBudget,
} from './fit/options.js';
export type { FitScores } from './fit/scores.js';
export type { Score } from './fit/wilson.js';
export type { CheckLine, Scored, TrialLine } from './tune/log.js';
export {
  searchTrainOptions,
  type Tuned,
  type TuneProgress,
  type TuneRequest,
  tuneOptions,
} from './tune/options.js';
export { type Drawn, type ParameterName, parameterNames, spaceHelp } from './tune/space.js';
export { type TrialRow, tableOf } from './tune/table.js';
export { tune } from './tune/tune.js';
