/** Options of the commands that train: recipe, network, training and augmentation, in the form of a call of `train`. */
import { modelOptions } from '../../model/index.js';
import type { OptionTree } from '../../options.js';
import { recipeOptions, trainAugmentationOptions, trainOptions } from '../../training/index.js';

/** The flag of a folder with a recipe for each task. */
export const recipesFlag = [
  '--recipes <folder>',
  'folder of recipes TASK.json, as tune writes them, whose options replace those of the flags for their task',
] as const;

const { batchNorm, bucketMB, ...ofOneProcess } = trainOptions;

export const trainingOptions = {
  ...recipeOptions,
  model: modelOptions,
  ...ofOneProcess,
  augmentation: trainAugmentationOptions,
} as const satisfies OptionTree;

/** With the options of several workers, which train one network. */
export const sharedTrainingOptions = {
  ...trainingOptions,
  batchNorm,
  bucketMB,
} as const satisfies OptionTree;
