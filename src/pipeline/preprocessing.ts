/** The preprocessing record: how pixels become a model's input. It is saved with the model and used at every stage. */
import { expected } from '../errors.js';
import { checkKeys } from '../near-miss.js';
import { checkOption } from '../options.js';

/** The options of a preprocessing that a user may choose for a network. */
export const preprocessingOptions = {
  filter: {
    type: 'choice',
    choices: ['bilinear', 'bicubic'],
    default: undefined,
    defaultHelp: 'that of the network',
    help: 'filter that resizes photos, widened when it makes them smaller: bilinear (a triangle) or bicubic, as in Pillow',
  },
  fit: {
    type: 'choice',
    choices: ['crop', 'pad', 'squash'],
    default: undefined,
    defaultHelp: 'that of the network',
    help: 'how photos become square: cropped, padded with the mean colour, or squashed to both sides',
  },
  boxMargin: {
    type: 'number',
    default: undefined,
    defaultHelp: 'that of the network, usually 0',
    min: 0,
    max: 10,
    help: 'what is seen around the box of a photo that has one: this share of its width to the left and to the right, and of its height above and below',
  },
} as const;

/** The filter that resizes photos. */
export type Filter = (typeof preprocessingOptions.filter.choices)[number];
/** How photos become square. */
export type Fit = (typeof preprocessingOptions.fit.choices)[number];

/**
 * Geometry and scaling shared by training, validation, ten-crop and prediction.
 *
 * `fit` and `resize` make a canvas of each photo, and every crop is a window of it:
 *
 * - `crop` keeps the ratio: the photo's short side becomes `resize`, and the longer one is truncated to whole pixels, as by
 *   torchvision's `Resize(resize)` (timm's `crop_mode` "center").
 * - `pad` keeps the ratio and the whole photo: its longer side becomes `resize`, the other one is rounded, and a border of
 *   the mean colour, which is 0 after normalisation, makes it a square. The central window shows what timm's
 *   `ResizeKeepRatio(longest=1)` and `CenterCropOrPad` leave (`crop_mode` "border"); all of the photo if `resize` = `crop`.
 * - `squash` changes the ratio: both sides become `resize`, as by torchvision's `Resize((resize, resize))` (timm's
 *   `crop_mode` "squash").
 *
 * A fixed or random crop is a window of `crop` × `crop` canvas pixels. The window of a `random-resized` crop is a share of the
 * photo with `crop`; with `pad` and `squash` it is a share of the square canvas, as if the photo had been padded or squashed
 * before (fastai's `Resize` with `ResizeMethod.Pad` or `Squish`, then `RandomResizedCrop`). It is resized to `crop` × `crop`.
 *
 * Of a photo with a box, `photo` above means what the box and its margin show of it, as if the photo had been cut to that before.
 */
export interface Preprocessing {
  /** Side in pixels that the photo gets before a fixed crop; `fit` says which one. */
  resize: number;
  /** Side in pixels of the model's square input; at most `resize`. */
  crop: number;
  /** Per-channel mean in 0…255 units, in `channels` order; input = (pixel − mean) / std. */
  mean: [number, number, number];
  /** Per-channel divisor in 0…255 units, in `channels` order. */
  std: [number, number, number];
  /** Channel order the model's weights were trained with. */
  channels: 'rgb' | 'bgr';
  /**
   * The filter of every resize: Pillow's BILINEAR (a triangle, 1 pixel of the smaller picture to each side) or BICUBIC (Keys's
   * cubic with a = −½, 2 pixels). Both widen with the reduction, so that it is antialiased. Default `bilinear`.
   */
  filter?: Filter | undefined;
  /** How photos become square. Default `crop`. */
  fit?: Fit | undefined;
  /**
   * What is seen around the box of a photo that has one: this share of the box's width is added to its left and to its right, and this
   * share of its height above and below; the result is widened to whole pixels and cut at the photo's edges. Default 0.
   */
  boxMargin?: number | undefined;
}

/** The same with defaults for what a file that was saved before lacks. Equal ones have equal JSON. */
export const completePreprocessing = ({
  resize,
  crop,
  mean,
  std,
  channels,
  filter = 'bilinear',
  fit = 'crop',
  boxMargin = 0,
}: Preprocessing): Preprocessing => ({
  resize,
  crop,
  mean,
  std,
  channels,
  filter,
  fit,
  boxMargin,
});

const preprocessingKeys = [
  'resize',
  'crop',
  'mean',
  'std',
  'channels',
  ...Object.keys(preprocessingOptions),
];

/** @throws InvalidInputError unless `value`, which `name` names, is a usable {@link Preprocessing}. */
export function checkPreprocessing(value: Preprocessing, name = 'preprocessing'): void {
  checkKeys(name, value, preprocessingKeys);
  const size = { type: 'integer', default: 0, min: 1, max: 8192, help: '' } as const;
  checkOption(`${name}.resize`, size, value.resize);
  checkOption(`${name}.crop`, { ...size, max: value.resize }, value.crop);
  const number = { type: 'number', default: 0, max: 1e6, help: '' } as const;
  for (const key of ['mean', 'std'] as const) {
    if (value[key]?.length !== 3) {
      throw expected('three numbers', `${name}.${key}`, value[key]);
    }
    for (const channel of value[key]) {
      checkOption(`${name}.${key}`, { ...number, min: key === 'std' ? 1e-6 : 0 }, channel);
    }
  }
  const channels = { type: 'choice', choices: ['rgb', 'bgr'], default: 'rgb', help: '' } as const;
  checkOption(`${name}.channels`, channels, value.channels);
  for (const key of ['filter', 'fit', 'boxMargin'] as const) {
    if (value[key] !== undefined) {
      checkOption(`${name}.${key}`, preprocessingOptions[key], value[key]);
    }
  }
}
