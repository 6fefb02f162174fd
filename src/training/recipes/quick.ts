/** A good classifier in minutes, from a few thousand photos. */
import type { Recipe } from './recipe.js';

/** It names no network, so that it fits each one; the default one is small. */
export const quick: Recipe = {
  help: 'minutes on a few thousand photos: the head alone, then three epochs of all weights',
  source:
    "fastai's fine_tune (https://docs.fast.ai/callback.schedule.html#learner.fine_tune): one epoch of the head, then all weights",
  options: {
    epochs: 4,
    // A new head sends large gradients: without this epoch they disturb what the pretrained layers know.
    freezeEpochs: 1,
    batchSize: 32,
    optimizer: 'sgd',
    learningRate: 0.02,
    nesterov: true,
    // It falls to 0 in the few epochs that there are.
    schedule: 'cosine',
    labelSmoothing: 0.1,
    // In so few epochs strong augmentation would cost more than it gives (Steiner et al. 2021, https://arxiv.org/abs/2106.10270).
    augmentation: { area: [0.5, 1], brightness: 0.2, contrast: 0.2, saturation: 0.2 },
  },
};
