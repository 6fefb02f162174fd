/** Small sources for the data tests, and what is prepared from them. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import {
  type Manifest,
  type Prepared,
  type PrepareOptions,
  prepare,
} from '../../src/dataset/index.js';
import { temporaryFolder, writeFiles } from './folders.js';

/** Writes `files` into a folder called `shop photos` and prepares it. */
export async function prepared(
  t: TestContext,
  files: Record<string, string | Uint8Array>,
  options: Omit<PrepareOptions, 'out'> = {},
): Promise<Prepared & { source: string; out: string }> {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'shop photos');
  const out = path.join(folder, 'out');
  await writeFiles(source, files);
  return { ...(await prepare(source, { out, ...options })), source, out };
}

/** The manifest with its samples as objects without the times of their files, to compare equal files of two folders. */
export function withoutTimes({ samples, ...rest }: Manifest) {
  return { ...rest, samples: samples.map(({ modified: _, ...sample }) => sample) };
}

/** `count` images of a class folder, each with different content. */
export function classFolder(name: string, count: number): Record<string, string> {
  const entries = Array.from({ length: count }, (_, index) => [
    `${name}/${index}.jpg`,
    `${name} ${index}`,
  ]);
  return Object.fromEntries(entries);
}
