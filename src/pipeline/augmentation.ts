/** What a loader may change from epoch to epoch: crop, mirror, colours and noise, each declared once. */
import { expected } from '../errors.js';
import { type OptionValues, resolveOptions } from '../options.js';

/**
 * The augmentations. Colour is changed in the order brightness, contrast, saturation, hue, as one
 * matrix; then noise is added and the result clamped to 0…255 once.
 *
 * Mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019) come last, on normalised values. The other
 * image is any of the data set's, with its own augmentation of the epoch; so a mixed image costs two
 * decodes. `Batch` has the labels and weights that go with it.
 */
export const augmentationOptions = {
  crop: {
    type: 'choice',
    choices: ['center', 'ten', 'random', 'random-resized'],
    default: 'random-resized',
    help: 'window: centre, ten-crop (corners and centre, mirrored too), random of the resized image, or random area and ratio',
  },
  area: {
    type: 'range',
    default: [0.08, 1],
    min: 0.001,
    max: 1,
    help: 'share of the image that a random-resized window covers',
  },
  ratio: {
    type: 'range',
    default: [3 / 4, 4 / 3],
    min: 0.1,
    max: 10,
    help: 'width over height of a random-resized window',
  },
  flip: { type: 'number', default: 0.5, min: 0, max: 1, help: 'probability of a mirror image' },
  brightness: {
    type: 'number',
    default: 0,
    min: 0,
    max: 10,
    help: 'colours times a factor from 1 − b to 1 + b',
  },
  contrast: {
    type: 'number',
    default: 0,
    min: 0,
    max: 10,
    help: "distance from the view's mean grey times a factor from 1 − c to 1 + c",
  },
  saturation: {
    type: 'number',
    default: 0,
    min: 0,
    max: 10,
    help: "distance from the pixel's grey times a factor from 1 − s to 1 + s",
  },
  hue: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.5,
    help: "turns of YIQ's colour plane, at most this far either way",
  },
  noise: {
    type: 'number',
    default: 0,
    min: 0,
    max: 255,
    help: 'standard deviation of Gaussian noise, in 0…255 units',
  },
  mixup: {
    type: 'number',
    default: 0,
    min: 0,
    max: 100,
    help: 'α: blends each image with another by λ and 1 − λ, λ from Beta(α, α); 0 is off',
  },
  cutmix: {
    type: 'number',
    default: 0,
    min: 0,
    max: 100,
    help: 'α: pastes a piece of another image, 1 − λ of the area, λ from Beta(α, α); 0 is off',
  },
  mixProbability: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    help: 'share of the images that mixup or cutmix changes; with both on, each takes half',
  },
} as const;

/** Values of {@link augmentationOptions}. */
export type Augmentation = OptionValues<typeof augmentationOptions>;

/** The centre crop and nothing else: for validation and prediction. */
export const evaluationAugmentation: Augmentation = {
  ...resolveOptions(augmentationOptions),
  crop: 'center',
  flip: 0,
};

/** Throws InvalidInputError for options that do not go together. */
export function checkAugmentation(augmentation: Augmentation): void {
  if (viewsOf(augmentation) === 1) return;
  for (const name of ['mixup', 'cutmix'] as const) {
    const value = augmentation[name];
    if (value > 0) throw expected(`0 with crop ${augmentation.crop}`, name, value);
  }
}

/** How many views of one image a batch holds: 10 for ten-crop, else 1. */
export function viewsOf(augmentation: Augmentation): number {
  return augmentation.crop === 'ten' ? 10 : 1;
}
