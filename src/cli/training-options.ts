/** What the commands that train can be told of the network, its training and the augmentation, as `train` takes it. */
import { modelOptions } from '../model/index.js';
import type { OptionTree } from '../options.js';
import { trainAugmentationOptions, trainOptions } from '../training/index.js';

export const trainingOptions = {
  model: modelOptions,
  ...trainOptions,
  augmentation: trainAugmentationOptions,
} as const satisfies OptionTree;
