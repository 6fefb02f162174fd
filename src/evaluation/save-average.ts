/** Saves an average of classifiers as a run that has its model alone, and a record of what was merged. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { checkTarget, ifPresent, writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import { saveClassifier } from '../model/index.js';
import type { Average } from './average-checkpoints.js';

const recordIn = (folder: string): string => path.join(folder, 'average.json');

/**
 * Writes the classifier to `folder/model`, and to `folder/average.json` its accuracy and the candidates.
 *
 * @throws InvalidInputError when `folder` has anything but an earlier average
 */
export async function saveAverage(
  { classifier, accuracy, candidates }: Average,
  folder: string,
): Promise<void> {
  await checkAverageFolder(folder);
  await writeWhole(recordIn(folder), `${JSON.stringify({ accuracy, candidates }, null, 2)}\n`);
  await saveClassifier(classifier, path.join(folder, 'model'));
}

/** @throws InvalidInputError unless {@link saveAverage} may write to `folder` */
export async function checkAverageFolder(folder: string, name = 'folder'): Promise<void> {
  await checkTarget(folder, 'folder', name);
  const [found] = (await ifPresent(readdir(folder))) ?? [];
  if (found !== undefined && !existsSync(recordIn(folder))) {
    throw expected('a new folder, or that of an earlier average,', name, folder, `It has ${found}`);
  }
}
