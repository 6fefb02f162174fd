/** Puts each image in train or validation, by its content, the same for every task it is in. */
import { sha256 } from '../../disk/index.js';
import { byCodeUnit } from '../code-unit.js';
import type { Split } from '../types.js';

/** What the split depends on. */
export interface Splittable {
  hash: string;
  task: string;
  label: number;
}

/**
 * The split of each content hash, a pure function of `seed` and the set of (hash, task, label): neither order nor paths matter.
 *
 * Every class of every task gives round(n × fraction) of its n images to validation: at least one of two or more, and never
 * its last. An image of several tasks is in the same split in all of them, so such classes may get a little less than their
 * share.
 */
export function splitByContent(
  images: readonly Splittable[],
  seed: number,
  fraction: number,
): Map<string, Split> {
  const strata = new Map<string, Set<string>>();
  const members = new Map<string, Set<string>>();
  for (const { hash, task, label } of images) {
    const stratum = `${task}/${label}`;
    addTo(strata, stratum, hash);
    addTo(members, hash, stratum);
  }
  const room = new Map<string, number>();
  for (const [stratum, hashes] of strata) {
    room.set(stratum, validationShare(hashes.size, fraction));
  }

  const keys = new Map([...members.keys()].map((hash) => [hash, drawKey(seed, hash)]));
  const drawn = [...keys].sort(([, a], [, b]) => byCodeUnit(a, b)).map(([hash]) => hash);
  const splits = new Map<string, Split>();
  for (const hash of drawn) {
    const own = [...(members.get(hash) ?? [])];
    const fits = own.every((stratum) => (room.get(stratum) ?? 0) > 0);
    splits.set(hash, fits ? 'validation' : 'train');
    if (fits) {
      for (const stratum of own) {
        room.set(stratum, (room.get(stratum) ?? 0) - 1);
      }
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

/** Images are drawn in the order of their keys: a uniform order, and another one for each seed. */
const drawKey = (seed: number, hash: string): string => sha256(`${seed}/${hash}`);

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) {
    set.add(value);
  } else {
    sets.set(key, new Set([value]));
  }
}
