/** The public face of the search stage: the best options of a training in the time given. */
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
