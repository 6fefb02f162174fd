/** Options of the random changes of an image: geometry, colours, noise, erasing and mixing, each declared once. */
import { expected } from '../errors.js';
import { type GivenValues, type OptionValues, resolveOptions } from '../options.js';

function probability(of: string) {
  const range = { type: 'number', default: 0, min: 0, max: 1 } as const;
  return { ...range, help: `probability of ${of}`, isProbability: true } as const;
}

/**
 * Marks an option whose effect needs the whole view (`needs_whole_view` in native/core/effects): the GPU's kernel cannot
 * render an image with it.
 */
const needsWholeView = { needsWholeView: true } as const;

/**
 * The augmentations. A view goes through them in this order, independent of the order of the options:
 *
 * 1. crop and resize, then `flip`;
 * 2. brightness, contrast, saturation, hue, grayscale: one matrix per image;
 * 3. vertical flip, the operations of RandAugment (Cubuk et al. 2020), rotation, perspective, blur. All of them start
 *    from colours clamped to 0…255;
 * 4. noise, a last clamp to 0…255, normalisation;
 * 5. erasing (Zhong et al. 2020);
 * 6. mixup (Zhang et al. 2018) or cutmix (Yun et al. 2019), on stored values. The other image is any other sample of the
 *    data set, with its own augmentation of the epoch; so a mixed image costs two decodes. If it is damaged, it is reported
 *    and another one is drawn. `Batch` has the labels and weights of both.
 *
 * All views of a five- or ten-crop get the same draw, but each its own noise.
 */
export const augmentationOptions = {
  crop: {
    type: 'choice',
    choices: ['center', 'five', 'ten', 'random', 'random-resized'],
    default: 'random-resized',
    help: 'window: centre, five-crop (corners and centre), ten-crop (mirrored too), random of the resized image, or random area and ratio',
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
  flip: { ...probability('a mirror image'), default: 0.5 },
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
  verticalFlip: probability('turning a view upside down'),
  grayscale: probability('taking the colour away'),
  randAugment: {
    ...needsWholeView,
    type: 'integer',
    default: 0,
    min: 0,
    max: 5,
    help: 'operations of RandAugment an image goes through, each drawn from fourteen of geometry and tone',
  },
  randAugmentMagnitude: {
    type: 'integer',
    default: 9,
    min: 0,
    max: 30,
    help: 'their strength, with the steps of torchvision',
  },
  rotation: {
    ...needsWholeView,
    type: 'number',
    default: 0,
    min: 0,
    max: 180,
    help: "degrees turned, at most this far either way; corners get the preprocessing record's mean",
  },
  blur: { ...needsWholeView, ...probability('a Gaussian blur') },
  blurSigma: {
    type: 'range',
    default: [0.1, 2],
    min: 0.01,
    max: 10,
    help: "the blur's standard deviation in pixels of the view",
  },
  perspective: { ...needsWholeView, ...probability('a change of perspective') },
  perspectiveScale: {
    type: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    help: "how far a corner moves inwards at most, as a share of half the view's side (torchvision's distortion_scale)",
  },
  erase: probability('blotting out a rectangle'),
  eraseArea: {
    type: 'range',
    default: [0.02, 0.33],
    min: 0.001,
    max: 1,
    help: 'share of the view that the rectangle covers',
  },
  eraseRatio: {
    type: 'range',
    default: [0.3, 3.3],
    min: 0.1,
    max: 10,
    help: 'width over height of the rectangle',
  },
  eraseFill: {
    type: 'choice',
    choices: ['mean', 'noise'],
    default: 'mean',
    help: "what fills the rectangle: the preprocessing record's mean, or noise of its mean and deviation",
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

/** The options of augmentation as a caller gives them. */
export interface AugmentationOptions extends GivenValues<typeof augmentationOptions> {}

/** The options of augmentation with their values. */
export interface Augmentation extends OptionValues<typeof augmentationOptions> {}

/** The centre crop and nothing else: for validation and prediction. */
export const evaluationAugmentation: Augmentation = {
  ...resolveOptions(augmentationOptions),
  crop: 'center',
  flip: 0,
};

/** @throws InvalidInputError for options that exclude each other. */
export function checkAugmentation(augmentation: Augmentation): void {
  if (viewsOf(augmentation) === 1) {
    return;
  }
  for (const name of ['mixup', 'cutmix'] as const) {
    const value = augmentation[name];
    if (value > 0) {
      throw expected(`0 with crop ${augmentation.crop}`, name, value);
    }
  }
}

/** How many views of one image a batch holds: 5 for five-crop, 10 for ten-crop, else 1. */
export function viewsOf({ crop }: Pick<Augmentation, 'crop'>): number {
  return crop === 'ten' ? 10 : crop === 'five' ? 5 : 1;
}
