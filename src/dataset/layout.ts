/** What the layouts of images and shards have in common: names of images, of sides and of the task. */
import path from 'node:path';
import type { Split } from './types.js';

/** A file that is an image by its name. */
export const imagePattern = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/** What the side to validate on is called, in the order of preference. */
export const validationNames = ['validation', 'val', 'valid', 'test'];

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
 * `train` and a name to validate on are there; what has another name then is left out.
 */
export function sidesOf(files: readonly string[]): Sides {
  const words = files.map((file) => ({ file, side: sideIn(file) }));
  const has = (name: string) => words.some(({ side }) => side === name);
  const chosen = validationNames.find(has);
  if (!has('train') || chosen === undefined) {
    return { files: files.map((file) => ({ file })), warnings: [] };
  }
  const kept: Sides['files'] = [];
  const left: string[] = [];
  for (const { file, side } of words) {
    if (side === 'train') kept.push({ file, given: 'train' });
    else if (side === chosen) kept.push({ file, given: 'validation' });
    else left.push(file);
  }
  const split = `train and ${chosen} are the split that is used`;
  return { files: kept, warnings: leftOut(left, `shards are left out, for ${split}`) };
}

/** One sentence about all that is left out for one reason; none where nothing is. */
export function leftOut(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}; the first is ${names[0]}.`];
}

function sideIn(file: string): string | undefined {
  for (const part of file.split('/').reverse()) {
    const words = part.toLowerCase().split(/[^a-z]+/);
    const side = ['train', ...validationNames].find((name) => words.includes(name));
    if (side !== undefined) return side;
  }
  return undefined;
}
