/** Variants of fixed windows, for predictions that average several views: a photo is decoded once for all of them. */
import { conflict, expected, missing } from '../errors.js';
import { resolveOptions } from '../options.js';
import type { Augmentation } from './augmentation.js';
import type { Preprocessing } from './preprocessing.js';

/** A view of a window: the photo resized to another size before it is cropped, the window mirrored, then turned. */
export interface Variant {
  /** Times the preprocessing's `resize`, rounded to a pixel; default 1. */
  scale?: number | undefined;
  /** Default false. */
  mirror?: boolean | undefined;
  /** Degrees counter-clockwise about the centre, −180…180; corners get the mean of the preprocessing. Default 0. */
  turn?: number | undefined;
}

const options = {
  scale: { type: 'number', default: 1, min: 0.01, max: 100, help: '' },
  mirror: { type: 'boolean', default: false, help: '' },
  turn: { type: 'number', default: 0, min: -180, max: 180, help: '' },
} as const;

/** What the variants are of. */
interface Loaded {
  augmentation: Augmentation;
  preprocessing: Preprocessing;
}

/**
 * The variants with defaults for what they lack; by default the plain window alone.
 *
 * @throws InvalidInputError when a value is out of its range, when a window does not fit into a resized photo, and when windows are
 *   random or images mixed
 */
export function resolveVariants(
  given: readonly Variant[] | undefined,
  { augmentation, preprocessing }: Loaded,
): Required<Variant>[] {
  if (given === undefined) {
    return [resolveOptions(options)];
  }
  if (given.length === 0) {
    throw missing('one variant or more', 'variants');
  }
  const { crop, mixup, cutmix } = augmentation;
  if (crop === 'random' || crop === 'random-resized' || mixup > 0 || cutmix > 0) {
    const why = 'They are views of the windows of center, five or ten';
    throw conflict('variants', 'a random crop, mixup or cutmix', why);
  }
  return given.map((variant, index) => {
    const resolved = resolveOptions(options, variant, `variants[${index}]`);
    checkScale(resolved.scale, preprocessing);
    return resolved;
  });
}

/** The longest side that a preprocessing may have, too. */
const longest = 8192;

function checkScale(scale: number, { resize, crop }: Preprocessing): void {
  const side = Math.round(resize * scale);
  if (side < crop || side > longest) {
    const [least, most] = [
      Math.ceil((1000 * crop) / resize),
      Math.floor((1000 * longest) / resize),
    ];
    const range = `a scale from ${least / 1000} to ${most / 1000}`;
    const remedy = `The network sees ${crop} px of photos that are resized to ${resize}`;
    throw expected(range, 'a view of each image', scale, remedy);
  }
}
