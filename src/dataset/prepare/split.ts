/** Puts each image in train or validation, by its content, the same for every task it is in. */
import type { Split } from '../types.js';
import { type Splittable, sizesOf, unitsOf } from './units.js';

/**
 * The split of each content hash, a pure function of `seed` and the set of images: neither order nor paths matter.
 *
 * Every class of every task gives round(n × fraction) of its n images to validation: at least one of two or more, and never
 * its last. An image of several tasks is in the same split in all of them, and so are the images of one group; such classes may
 * get a little less than their share.
 */
export function splitByContent(
  images: readonly Splittable[],
  seed: number,
  fraction: number,
): Map<string, Split> {
  const units = unitsOf(images, seed);
  const room = new Map<string, number>();
  for (const [stratum, size] of sizesOf(units)) {
    room.set(stratum, validationShare(size, fraction));
  }
  const splits = new Map<string, Split>();
  for (const { hashes, strata } of units) {
    const fits = [...strata].every(([stratum, count]) => (room.get(stratum) ?? 0) >= count);
    for (const hash of hashes) {
      splits.set(hash, fits ? 'validation' : 'train');
    }
    for (const [stratum, count] of fits ? strata : []) {
      room.set(stratum, (room.get(stratum) ?? 0) - count);
    }
  }
  return splits;
}

/** How many of a class's `count` images validation gets. */
function validationShare(count: number, fraction: number): number {
  if (fraction === 0 || count < 2) {
    return 0;
  }
  return Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
}
