/** Small source folders for the data tests: files from a table of paths and contents, and what is prepared from them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type Prepared, prepare } from '../../src/dataset/index.js';

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bobbin-dataset-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Writes `files`, a table of relative paths and contents, below `root`, in the table's order. */
export async function writeFiles(
  root: string,
  files: Record<string, string | Uint8Array>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** Writes `files` into a folder and prepares it. */
export async function prepared(
  t: TestContext,
  files: Record<string, string | Uint8Array>,
  options: { seed?: number; validationFraction?: number } = {},
): Promise<Prepared & { source: string; out: string }> {
  const folder = await temporaryFolder(t);
  const source = path.join(folder, 'shop photos');
  const out = path.join(folder, 'out');
  await writeFiles(source, files);
  return { ...(await prepare(source, { out, ...options })), source, out };
}

/** `count` images of a class folder, each with content of its own. */
export function classFolder(name: string, count: number): Record<string, string> {
  const entries = Array.from({ length: count }, (_, index) => [
    `${name}/${index}.jpg`,
    `${name} ${index}`,
  ]);
  return Object.fromEntries(entries);
}
