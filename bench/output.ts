/** Files for results: checked before a run that takes minutes, and written completely or not at all. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../src/disk/atomic-file.js';
import { expected } from '../src/errors.js';

/** @throws InvalidInputError when `file` cannot be written; it names the flag. */
export function checkOutput(flag: string, file: string | undefined): void {
  if (file === undefined) {
    return;
  }
  const folder = path.dirname(path.resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw expected('a file in a folder to write to', flag, file, (error as Error).message);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw expected('a file', flag, file, 'It is a folder');
  }
}

/** Writes `value`, if a file is named. */
export async function writeJson(file: string | undefined, value: unknown): Promise<void> {
  if (file !== undefined) {
    await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
  }
}
