/** The recipe that Bobbin began with: the published baseline of FashionAI's attributes, without changes. */
import type { Recipe } from './recipe.js';

/**
 * It names each option that a default would change. Gluon adds weight decay to every parameter, biases and normalisations
 * included. Its momentum holds each gradient times the rate of that step, while here a new rate changes the whole velocity at
 * once: they differ for the few steps after a change that momentum remembers.
 */
export const original: Recipe = {
  help: 'the published FashionAI baseline: all of ResNet-50 V2, 40 epochs; name its weights in pretrained, since no package has them',
  source: 'https://github.com/hetong007/Gluon-FashionAI-Attributes',
  options: {
    model: { network: 'resnet50-v2', size: 224, filter: 'bilinear', fit: 'crop' },
    trainable: 'all',
    epochs: 40,
    batchSize: 64,
    optimizer: 'sgd',
    learningRate: 0.001,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 1e-4,
    decayAll: true,
    decoupledDecay: false,
    // × 0.75 after 10, 20 and 30 epochs.
    schedule: 'step',
    labelSmoothing: 0,
    augmentation: { crop: 'random', flip: 0.5, brightness: 0, contrast: 0, saturation: 0 },
  },
};
