/** The preprocessing of an imported network: what the user says, what the file says, and else ImageNet's usual one. */
import { imageNetPixels } from '../model/index.js';
import { checkPreprocessing, type Preprocessing } from '../pipeline/index.js';

/** What is known of the preprocessing that weights were trained with. */
export interface KnownPreprocessing
  extends Partial<Pick<Preprocessing, 'mean' | 'std' | 'channels' | 'filter' | 'fit'>> {
  /** Side of the input in pixels. */
  size?: number;
  /** Share of the image's short side that the input keeps, above 0 and at most 1. */
  cropShare?: number;
}

/** The same from a user; `undefined` says nothing. */
export type GivenPreprocessing = {
  [Key in keyof KnownPreprocessing]: KnownPreprocessing[Key] | undefined;
};

/** Side in pixels of the images that most weights were trained with, for networks that take any. */
export const usualSide = 224;

/** What torchvision, and most of timm's networks, were trained with. */
const imageNet = {
  size: usualSide,
  cropShare: 0.875,
  ...imageNetPixels,
  filter: 'bilinear',
  fit: 'crop',
} satisfies KnownPreprocessing;

/** In notes. */
const words: Record<keyof KnownPreprocessing, string> = {
  size: 'size',
  cropShare: 'crop share',
  mean: 'mean',
  std: 'standard deviation',
  channels: 'order of channels',
  filter: 'filter',
  fit: 'fit',
};

/** Of a share that was computed of whole pixels. */
const tolerance = 1e-6;

/**
 * The preprocessing that `given` says; where it says nothing, that of `file`; where both say nothing, ImageNet's usual one,
 * of which a note then warns.
 *
 * @throws InvalidInputError for values that no pixels can be made with
 */
export function completePreprocessing(
  given: GivenPreprocessing,
  file: KnownPreprocessing,
): { preprocessing: Preprocessing; notes: string[] } {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const known: KnownPreprocessing = { ...file, ...Object.fromEntries(said) };
  const { size, cropShare, ...pixels } = { ...imageNet, ...known };
  const preprocessing = { ...pixels, resize: Math.floor(size / cropShare + tolerance), crop: size };
  checkPreprocessing(preprocessing);
  const assumed = Object.entries(words).flatMap(([key, word]) => (key in known ? [] : [word]));
  const note = `The file does not say the ${assumed.join(', ')} of its images: ImageNet's usual ones are assumed, which options of import override`;
  return { preprocessing, notes: assumed.length > 0 ? [note] : [] };
}
