/** What the layouts of images and shards have in common: names of images, of sides and of the task. */
import path from 'node:path';
import type { Split } from '../types.js';

/** A file that is an image by its name. */
export const imagePattern = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/** What the sides are called, whatever the case; those to validate on in the order of preference. */
const sideNames: Record<Split, string[]> = {
  train: ['train', 'training'],
  validation: ['validation', 'val', 'valid', 'dev', 'eval', 'evaluation', 'test', 'testing'],
};

/** Those of `names` that are called as `side` is, the preferred first. */
export function namesOfSide(side: Split, names: readonly string[]): string[] {
  return sideNames[side].flatMap((word) => names.filter((name) => name.toLowerCase() === word));
}

/** The task of a source that names none: the folder's name. */
export function taskOfFolder(root: string): string {
  const name = path.basename(root).replace(/\W+/g, '-');
  return name.replace(/^-+|-+$/g, '') || 'images';
}

/** Files and the side that their names put them on; `given` is undefined where the names do not say. */
export interface Sides {
  files: { file: string; given?: Split }[];
  warnings: string[];
}

/**
 * Reads sides from names such as `train-00001.tar` or `val/00001.tar`, the innermost name first. They count only where both
 * one to train on and one to validate on are there; what has another name then is left out.
 */
export function sidesOf(files: readonly string[]): Sides {
  const words = files.map((file) => ({ file, side: sideIn(file) }));
  const has = (name: string) => words.some(({ side }) => side === name);
  const chosen = sideNames.validation.find(has);
  const train = sideNames.train.find(has);
  if (train === undefined || chosen === undefined) {
    return { files: files.map((file) => ({ file })), warnings: [] };
  }
  const kept: Sides['files'] = [];
  const left: string[] = [];
  for (const { file, side = '' } of words) {
    if (sideNames.train.includes(side)) {
      kept.push({ file, given: 'train' });
    } else if (side === chosen) {
      kept.push({ file, given: 'validation' });
    } else {
      left.push(file);
    }
  }
  const split = `${train} and ${chosen} are the split that is used`;
  return { files: kept, warnings: leftOut(left, `shards are left out, for ${split}`) };
}

/** What the names of shards that are read tell against them: sides that are not kept apart, and parts that are missing. */
export function doubtsIn(files: Sides['files']): string[] {
  const warnings: string[] = [];
  const sides = [...new Set(files.map(({ file }) => sideIn(file) ?? 'no side'))];
  if (sides.length > 1 && files.every(({ given }) => given === undefined)) {
    const why = 'one to train on and one to validate on are not both there';
    warnings.push(`Shards of ${sides.join(' and ')} are read together: by their names ${why}.`);
  }
  return [...warnings, ...missingParts(files.map(({ file }) => file))];
}

/** A sentence for each set of `NAME-00000-of-00003` that is not whole. */
function missingParts(files: readonly string[]): string[] {
  const sets = new Map<
    string,
    { name: string; digits: number; total: string; parts: Set<number> }
  >();
  for (const file of files) {
    const [, name, part, total] = /^(.*)-(\d+)-of-(\d+)[.-]/.exec(file) ?? [];
    if (name === undefined || part === undefined || total === undefined) {
      continue;
    }
    const set = sets.get(`${name} ${total}`) ?? {
      name,
      digits: part.length,
      total,
      parts: new Set(),
    };
    set.parts.add(Number(part));
    sets.set(`${name} ${total}`, set);
  }
  return [...sets.values()].flatMap(({ name, digits, total, parts }) => {
    const missing = Number(total) - parts.size;
    if (missing <= 0) {
      return [];
    }
    // Some count from 1; the last part tells.
    let first = parts.has(Number(total)) ? 1 : 0;
    while (parts.has(first)) {
      first++;
    }
    const part = `${first}`.padStart(digits, '0');
    return `${missing} of ${Number(total)} shards are missing; the first is ${name}-${part}-of-${total}.`;
  });
}

/** One sentence about all that is left out for one reason; none where nothing is. */
export function leftOut(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}; the first is ${names[0]}.`];
}

function sideIn(file: string): string | undefined {
  for (const part of file.split('/').reverse()) {
    const words = part.toLowerCase().split(/[^a-z]+/);
    const side = Object.values(sideNames)
      .flat()
      .find((name) => words.includes(name));
    if (side !== undefined) {
      return side;
    }
  }
  return undefined;
}
