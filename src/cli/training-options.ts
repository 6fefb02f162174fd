/** Options of the commands that train: recipe, network, training and augmentation, in the form of a call of `train`. */
import { modelOptions } from '../model/index.js';
import type { OptionTree } from '../options.js';
import { recipeOptions, trainAugmentationOptions, trainOptions } from '../training/index.js';

export const trainingOptions = {
  ...recipeOptions,
  model: modelOptions,
  ...trainOptions,
  augmentation: trainAugmentationOptions,
} as const satisfies OptionTree;
