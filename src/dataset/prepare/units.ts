/** Images that no split may part: those of one content, in all their tasks, and those of one group. */
import { sha256 } from '../../disk/index.js';
import { byCodeUnit } from '../code-unit.js';

/** What a split depends on: an image of one task. */
export interface Splittable {
  hash: string;
  task: string;
  label: number;
  /** The group that the source puts the image in; absent for an image that stands alone. */
  group?: string | undefined;
}

/** Images that go together. */
export interface Unit {
  /** The contents of its images. */
  hashes: string[];
  /** How many of its images each class has, by a name for the class among those of all tasks. */
  strata: Map<string, number>;
}

/**
 * The units of `images` in an order that `seed` draws: a uniform one, and another for each seed. It is a pure function of the seed
 * and the set of images: neither their order nor their paths matter.
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
  for (const { hash, task, label } of images) {
    const unit = unitIn(units, roots.of(hash));
    const stratum = `${task}/${label}`;
    if (!counted.has(hash)) {
      counted.add(hash);
      unit.hashes.push(hash);
    }
    unit.strata.set(stratum, (unit.strata.get(stratum) ?? 0) + 1);
  }
  const keys = new Map([...units.values()].map((unit) => [unit, sha256(`${seed}/${least(unit)}`)]));
  return [...keys].sort(([, a], [, b]) => byCodeUnit(a, b)).map(([unit]) => unit);
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
  const unit: Unit = { hashes: [], strata: new Map() };
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
