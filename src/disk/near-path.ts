/** Finds the path that a misspelt one probably means. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nearest } from '../near-miss.js';

/** The path beside `absent` with the nearest name; undefined if none is near. */
export async function nearPath(absent: string): Promise<string | undefined> {
  const folder = path.dirname(absent);
  const given = path.basename(absent);
  const names = await readdir(folder).catch((): string[] => []);
  // Files are numbered: another number is another file, and no misspelling.
  const others = names.filter((name) => withoutDigits(name) !== withoutDigits(given)).sort();
  const name = nearest(given, others, (each) => each.toLowerCase());
  return name && path.join(folder, name);
}

const withoutDigits = (name: string) => name.replace(/\d/g, '');
