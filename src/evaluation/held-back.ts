/** Whether images can score an average of classifiers: none of them may have been trained on one. */
import { digestOf, type Manifest, samplesOf } from '../dataset/index.js';
import { expected, missing } from '../errors.js';
import type { Classifier } from '../model/index.js';

/** What a classifier records of its training, and the folder that it is from. */
export interface TrainingRecord extends Pick<Classifier, 'fold' | 'validationImages'> {
  folder: string;
}

/**
 * Refuses an average that the validation images of `task`, or those of the fold that all trainings held back, cannot score.
 *
 * @throws InvalidInputError unless each record says that its training held back just these images
 */
export function checkHeldBack(
  records: readonly TrainingRecord[],
  { manifest, task }: { manifest: Manifest; task: string },
): void {
  const remedy = 'Average all of them, without --data (in a program without `manifest`)';
  const unknown = records.find(({ validationImages }) => validationImages === undefined);
  if (unknown !== undefined) {
    const owner = `the model in ${unknown.folder}`;
    throw missing('a record of the images that its training held back', owner, remedy);
  }
  const folds = [...new Set(records.map(({ fold }) => fold))];
  if (folds.length > 1) {
    const way = `Each image may have trained one of them. Choose runs of one fold. ${remedy}`;
    throw expected('runs that held back the same fold', 'the folds of the runs', folds, way);
  }
  const own = digestOf(samplesOf(manifest, task, 'validation', folds[0]));
  const other = records.find(({ validationImages }) => validationImages !== own);
  if (other !== undefined) {
    const images = `the validation images of task ${task} in ${manifest.root}`;
    throw expected(`a run that held back ${images}`, 'run', other.folder, remedy);
  }
}
