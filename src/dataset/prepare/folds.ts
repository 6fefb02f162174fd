/** Puts each image in one of k folds of alike classes, for cross-validation. */
import { type Splittable, sizesOf, type Unit, unitsOf } from './units.js';

/**
 * The fold of each content hash, from 0, a pure function of `seed` and the set of images.
 *
 * Units of images that belong together are placed one by one, the largest first, each in the fold that has the smallest share of
 * the unit's own classes so far and, of several, the fewest images. So the images of a class whose units are single images differ
 * by 1 at most between two folds.
 */
export function foldsByContent(
  images: readonly Splittable[],
  seed: number,
  folds: number,
): Map<string, number> {
  const units = unitsOf(images, seed).sort((a, b) => b.hashes.length - a.hashes.length);
  const sizes = sizesOf(units);
  const filled = Array.from({ length: folds }, () => new Fold());
  const places = new Map<string, number>();
  for (const unit of units) {
    const shares = filled.map((fold) => fold.shareOf(unit, sizes));
    const best = filled.reduce((chosen, fold, index) => {
      const [share, least] = [shares[index] as number, shares[chosen] as number];
      const smaller = fold.images < (filled[chosen] as Fold).images;
      return share < least || (share === least && smaller) ? index : chosen;
    }, 0);
    filled[best]?.add(unit);
    for (const hash of unit.hashes) {
      places.set(hash, best);
    }
  }
  return places;
}

class Fold {
  images = 0;
  private readonly strata = new Map<string, number>();

  /** What the fold has of the classes of `unit`: the shares of these classes, each weighted by the unit's images in it. */
  shareOf({ strata }: Unit, sizes: ReadonlyMap<string, number>): number {
    let share = 0;
    for (const [stratum, count] of strata) {
      share += (count * (this.strata.get(stratum) ?? 0)) / (sizes.get(stratum) as number);
    }
    return share;
  }

  add({ hashes, strata }: Unit): void {
    this.images += hashes.length;
    for (const [stratum, count] of strata) {
      this.strata.set(stratum, (this.strata.get(stratum) ?? 0) + count);
    }
  }
}
