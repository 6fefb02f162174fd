/** Images that no split may part: those of one content, in all their tasks, and those of one group. */
import { sha256 } from '../../disk/index.js';
import { byCodeUnit } from '../code-unit.js';

/** What a split depends on: an image of one task. */
export interface Splittable {
  hash: string;
  task: string;
  label: number;
  /** As in `Sample.labels`: the image counts for each of these classes, or as one of none of them. */
  labels?: readonly number[] | undefined;
  /** The group that the source puts the image in; absent for an image that stands alone. */
  group?: string | undefined;
}

/** Images that go together. */
export interface Unit {
  /** The contents of its images. */
  hashes: string[];
  /** How many of its images each class has, by a name for the class among those of all tasks. */
  strata: Map<string, number>;
  /** Those of its strata of which an image may have several. */
  shared: Set<string>;
}

/**
 * The units of `images` in an order that `seed` draws: a uniform one, and another for each seed. It is a pure function of the seed
 * and the set of images: neither their order nor their paths matter.
 *
 * Units with labels of which an image may have several come by the rarest of these labels, so that the images of rare labels are
 * placed while every place has room for them, as in iterative stratification (K. Sechidis, G. Tsoumakas and I. Vlahavas, "On the
 * Stratification of Multi-label Data", 2011).
 */
export function unitsOf(images: readonly Splittable[], seed: number): Unit[] {
  const roots = new Roots();
  for (const { hash, group } of images) {
    if (group !== undefined) {
      roots.join(hash, `group ${group}`);
    }
  }
  const units = new Map<string, Unit>();
  const counted = new Set<string>();
  for (const image of images) {
    const { hash } = image;
    const unit = unitIn(units, roots.of(hash));
    if (!counted.has(hash)) {
      counted.add(hash);
      unit.hashes.push(hash);
    }
    addTo(unit, image);
  }
  const keys = new Map([...units.values()].map((unit) => [unit, sha256(`${seed}/${least(unit)}`)]));
  const drawn = [...keys].sort(([, a], [, b]) => byCodeUnit(a, b)).map(([unit]) => unit);
  return byRarity(drawn);
}

/** A unit without shared strata is not moved by its classes. */
function byRarity(units: readonly Unit[]): Unit[] {
  const sizes = sizesOf(units);
  const rarity = new Map<Unit, number>();
  for (const unit of units) {
    const own = [...unit.shared].map((stratum) => sizes.get(stratum) as number);
    rarity.set(unit, Math.min(Number.MAX_SAFE_INTEGER, ...own));
  }
  return [...units].sort((a, b) => (rarity.get(a) as number) - (rarity.get(b) as number));
}

function addTo({ strata, shared }: Unit, { task, label, labels }: Splittable): void {
  for (const each of labels?.length === 0 ? ['none'] : (labels ?? [label])) {
    const stratum = `${task}/${each}`;
    strata.set(stratum, (strata.get(stratum) ?? 0) + 1);
    if (labels !== undefined) {
      shared.add(stratum);
    }
  }
}

/** How many images each class has. */
export function sizesOf(units: readonly Unit[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { strata } of units) {
    for (const [stratum, count] of strata) {
      sizes.set(stratum, (sizes.get(stratum) ?? 0) + count);
    }
  }
  return sizes;
}

const least = ({ hashes }: Unit): string => [...hashes].sort(byCodeUnit)[0] as string;

function unitIn(units: Map<string, Unit>, root: string): Unit {
  const known = units.get(root);
  if (known !== undefined) {
    return known;
  }
  const unit: Unit = { hashes: [], strata: new Map(), shared: new Set() };
  units.set(root, unit);
  return unit;
}

/** Disjoint sets of names, each with a name for the whole: contents and groups that belong together. */
class Roots {
  private readonly parents = new Map<string, string>();

  of(name: string): string {
    let root = name;
    for (let parent = this.parents.get(root); parent !== undefined; ) {
      root = parent;
      parent = this.parents.get(root);
    }
    if (root !== name) {
      // The next way from here is short.
      this.parents.set(name, root);
    }
    return root;
  }

  join(one: string, other: string): void {
    const [a, b] = [this.of(one), this.of(other)];
    if (a !== b) {
      this.parents.set(a, b);
    }
  }
}
