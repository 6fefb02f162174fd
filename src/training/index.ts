/** Training: fine-tunes a classifier in a run that can be interrupted and resumed. */
export type {
  BeginFacts,
  Callback,
  Control,
  EndFacts,
  StepFacts,
} from './callbacks/callback.js';
export { jsonLines } from './callbacks/json-lines.js';
export { type LogName, logs } from './callbacks/logs.js';
export { tensorBoard } from './callbacks/tensor-board.js';
export { settingsOfRun, tasksOfRun } from './checkpoint/checkpoint.js';
export { type Environment, environmentNow, readEnvironment } from './environment.js';
export { type FitHistory, fit } from './fit/fit.js';
export type { FitOptions, FitProgress } from './fit/options.js';
export { bestEpoch, type EpochRecord, readHistory, type TaskRecord } from './history.js';
export { crossEntropies, smoothed } from './loss/cross-entropy.js';
export { measureNetwork, type NetworkRates } from './measure/measure.js';
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
export { completedBy, type GivenOptions, withRecipe } from './recipes/complete.js';
export { recipes } from './recipes/list.js';
export { recipeOptions } from './recipes/options.js';
export type { Recipe, RecipeOptions } from './recipes/recipe.js';
export { resumedOptions } from './resumed.js';
export { DivergedError } from './run/divergence.js';
export { trainableVariables } from './run/network.js';
export type { TrainProgress } from './run/progress.js';
export { learningRateAt } from './schedule/options.js';
export type { NetworkOptions } from './settings.js';
export { completeOptions, completeSettings, shapingOf } from './settings.js';
export { samplesIn } from './tasks/images.js';
export {
  isAnswer,
  loadSoftTargets,
  rowAt,
  type SoftTargets,
  saveSoftTargets,
  type TaughtQuestion,
  type TaughtTask,
} from './tasks/soft-targets.js';
export {
  type TaskOptions,
  type TrainOptions,
  type TrainResult,
  taskShape,
  train,
} from './train.js';
export { type DryPhase, type DryRun, dryRun } from './trial/dry-run.js';
export { type FindLearningRateOptions, findLearningRate } from './trial/find-learning-rate.js';
export { type Overfit, type OverfitOptions, type OverfitRound, overfit } from './trial/overfit.js';
export { type RangeTest, type RatePoint, rangeTestOptions } from './trial/range-test.js';
export { saveRangeTest } from './trial/save-range-test.js';
export { resumes } from './workers/resumed.js';
