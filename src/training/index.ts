/** Training: fine-tuning a classifier, epoch by epoch, stopped and resumed at will. */
export type { EpochRecord } from './history.js';
export { type TrainValues, trainAugmentationOptions, trainOptions } from './options.js';
export type { TrainProgress } from './progress.js';
export { learningRateAt } from './schedule.js';
export { type TrainOptions, type TrainResult, train } from './train.js';
