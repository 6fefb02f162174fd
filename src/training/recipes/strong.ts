/** The best classifier from a few thousand photos, in a longer run. */
import type { Recipe } from './recipe.js';

/** It names no network, so that it fits each one. */
export const strong: Recipe = {
  help: 'the best accuracy from a few thousand photos: more epochs, stronger augmentation, averaged weights',
  source:
    'made of "ResNet strikes back" (https://arxiv.org/abs/2110.00476), FixRes (https://arxiv.org/abs/1906.06423) and "How to train your ViT?" (https://arxiv.org/abs/2106.10270)',
  options: {
    epochs: 15,
    freezeEpochs: 1,
    batchSize: 32,
    optimizer: 'sgd',
    learningRate: 0.02,
    nesterov: true,
    schedule: 'cosine',
    labelSmoothing: 0.1,
    // Averages over some hundred steps, about an epoch or two.
    averageDecay: 0.995,
    augmentation: {
      // Windows below a third of a photo often lack the garment. Larger ones make objects in training about as large as in
      // the centre crop of validation, which FixRes found to matter.
      area: [0.35, 1],
      // Two operations of a mild strength: a run of 15 epochs is short, and stronger ones would need more epochs.
      randAugment: 2,
      randAugmentMagnitude: 6,
      erase: 0.15,
      // α of "ResNet strikes back": most mixes keep nearly all of one image.
      mixup: 0.1,
    },
  },
};
