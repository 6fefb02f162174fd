/** Saves an average of classifiers as a run that has its model alone, and a record of what was merged. */
import path from 'node:path';
import { checkResultFolder, writeWhole } from '../disk/index.js';
import { saveClassifier } from '../model/index.js';
import type { Average } from './average-checkpoints.js';

const recordName = 'average.json';

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
  const record = `${JSON.stringify({ accuracy, candidates }, null, 2)}\n`;
  await writeWhole(path.join(folder, recordName), record);
  await saveClassifier(classifier, path.join(folder, 'model'));
}

/** @throws InvalidInputError unless {@link saveAverage} may write to `folder` */
export const checkAverageFolder = (folder: string, name = 'folder'): Promise<void> =>
  checkResultFolder(folder, { record: recordName, what: 'an earlier average', name });
