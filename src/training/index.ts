/** Training: fine-tunes a classifier in a run that can be interrupted and resumed. */
export { taskOfRun } from './checkpoint.js';
export { crossEntropies, smoothed } from './cross-entropy.js';
export { type FitHistory, fit } from './fit/fit.js';
export type { FitOptions, FitProgress } from './fit/options.js';
export { bestEpoch, type EpochRecord } from './history.js';
export { measureNetwork, type NetworkRates } from './measure/measure.js';
export { trainableVariables } from './network.js';
export {
  AdamW,
  type AdamWOptions,
  Lion,
  type LionOptions,
  type NamedVariable,
  type Optimizer,
  Sgd,
  type SgdOptions,
  type Slot,
} from './optimizer/index.js';
export {
  type TrainAugmentation,
  type TrainValues,
  trainAugmentationOptions,
  trainOptions,
} from './options.js';
export { checkedValues } from './plan.js';
export type { TrainProgress } from './progress.js';
export { resumedOptions } from './resumed.js';
export { learningRateAt } from './schedule.js';
export type { NetworkOptions } from './settings.js';
export { completeSettings } from './settings.js';
export { type TrainOptions, type TrainResult, train } from './train.js';
