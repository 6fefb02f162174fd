/** Puts each image in train or validation, by its content, the same for every task it is in. */
import type { Split } from '../types.js';
import { type Splittable, sizesOf, type Unit, unitsOf } from './units.js';

/**
 * The split of each content hash, a pure function of `seed` and the set of images: neither order nor paths matter.
 *
 * Every class of every task gives round(n × fraction) of its n images to validation: at least one of two or more, and never
 * its last. An image of several tasks is in the same split in all of them, and so are the images of one group; such classes
 * may get a little less or more than their share.
 */
export function splitByContent(
  images: readonly Splittable[],
  seed: number,
  fraction: number,
): Map<string, Split> {
  const units = unitsOf(images, seed);
  const validation = new Validation(sizesOf(units), fraction);
  for (const unit of units) {
    if (validation.isNearerWith(unit) && validation.leavesSome(unit)) {
      validation.add(unit);
    }
  }
  // Groups may all be larger than a class's share, and images of several labels may all have one that validation has enough of.
  const bound = units.filter(({ hashes, shared }) => hashes.length > 1 || shared.size > 0);
  for (const stratum of bound.length > 0 ? validation.missing() : []) {
    const own = bound.filter((unit) => unit.strata.has(stratum) && validation.leavesSome(unit));
    const [smallest] = own.sort((a, b) => a.hashes.length - b.hashes.length);
    if (smallest !== undefined) {
      validation.add(smallest);
    }
  }
  const splits = new Map<string, Split>();
  for (const unit of units) {
    for (const hash of unit.hashes) {
      splits.set(hash, validation.has(unit) ? 'validation' : 'train');
    }
  }
  return splits;
}

/** The units in validation. */
class Validation {
  private readonly units = new Set<Unit>();
  /** Of each class, the images that validation has. */
  private readonly held = new Map<string, number>();

  constructor(
    private readonly sizes: ReadonlyMap<string, number>,
    private readonly fraction: number,
  ) {}

  has(unit: Unit): boolean {
    return this.units.has(unit);
  }

  add(unit: Unit): void {
    this.units.add(unit);
    for (const [stratum, count] of unit.strata) {
      this.held.set(stratum, this.heldOf(stratum) + count);
    }
  }

  /** Whether each class of the unit comes no further from its share with it than without it. */
  isNearerWith({ strata }: Unit): boolean {
    return [...strata].every(
      ([stratum, count]) => count <= 2 * (this.shareOf(stratum) - this.heldOf(stratum)),
    );
  }

  /** Whether training keeps some images of each class of the unit. */
  leavesSome({ strata }: Unit): boolean {
    return [...strata].every(
      ([stratum, count]) => this.heldOf(stratum) + count < (this.sizes.get(stratum) as number),
    );
  }

  /** The classes that have a share and no image. */
  *missing(): Generator<string> {
    for (const stratum of this.sizes.keys()) {
      if (this.shareOf(stratum) > 0 && this.heldOf(stratum) === 0) {
        yield stratum;
      }
    }
  }

  private heldOf(stratum: string): number {
    return this.held.get(stratum) ?? 0;
  }

  private shareOf(stratum: string): number {
    return validationShare(this.sizes.get(stratum) as number, this.fraction);
  }
}

/** How many of a class's `count` images validation gets. */
function validationShare(count: number, fraction: number): number {
  if (fraction === 0 || count < 2) {
    return 0;
  }
  return Math.min(count - 1, Math.max(1, Math.round(count * fraction)));
}
