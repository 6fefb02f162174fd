/** The views of each image whose probabilities are averaged: windows, and variants of them. */
import { conflict } from '../errors.js';
import type { Variant } from '../pipeline/index.js';
import type { ClassifyOptions } from './options.js';

/** The options that say which views there are. */
export type Views = Pick<ClassifyOptions, 'crops' | 'mirror' | 'scales' | 'rotations'>;

/**
 * The variants of each window: each size, each of them mirrored, and each of these turned to both sides.
 *
 * @throws InvalidInputError for ten windows, of which five are mirror images, with `mirror`
 */
export function variantsOf({ crops, mirror, scales, rotations }: Views): Variant[] {
  if (mirror && crops === 'ten') {
    throw conflict('mirror', 'crops ten', 'Ten windows have their mirror images: leave mirror out');
  }
  const turns = [0, ...rotations.flatMap((degrees) => [degrees, -degrees])];
  const mirrors = mirror ? [false, true] : [false];
  return scales.flatMap((scale) =>
    mirrors.flatMap((each) => turns.map((turn) => ({ scale, mirror: each, turn }))),
  );
}
