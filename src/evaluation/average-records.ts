/** What the records of classifiers say about their average: whether it makes sense, and which images may score it. */
import { digestOf, type Manifest, samplesOf } from '../dataset/index.js';
import { expected, missing } from '../errors.js';
import type { Classifier } from '../model/index.js';
import type { Settings } from '../settings.js';

/** What a classifier records, and the folder that it is from. A damaged one records nothing; opening it tells. */
export type AverageRecord = Partial<Omit<Classifier, 'model'>> & { folder: string };

/** @throws InvalidInputError when classifiers differ in more than their weights and their training */
export function checkSame(records: readonly AverageRecord[]): void {
  const [first, ...others] = records.filter(({ network }) => network !== undefined);
  for (const other of others) {
    const [one, another] = [sharedOf(first as AverageRecord), sharedOf(other)];
    const name = Object.keys({ ...one, ...another }).find(
      (each) => JSON.stringify(one[each]) !== JSON.stringify(another[each]),
    );
    if (name !== undefined) {
      const wanted = `the ${name} of ${first?.folder}, ${JSON.stringify(one[name])},`;
      throw expected(wanted, `the ${name} of ${other.folder}`, another[name]);
    }
  }
}

/** What all members of an average have in common. */
function sharedOf(record: AverageRecord): Settings {
  const { folder, imported, task, fold, validationImages, epoch, ...shared } = record;
  return shared;
}

/** What all records say; if they held back different images, that no image is known to be held back by all. */
export function commonRecord(
  records: readonly AverageRecord[],
): Pick<Classifier, 'fold' | 'validationImages'> {
  const folds = new Set(records.map(({ fold }) => fold));
  const images = new Set(records.map(({ validationImages }) => validationImages));
  return {
    fold: folds.size === 1 ? [...folds][0] : undefined,
    validationImages: images.size === 1 ? [...images][0] : digestOf([]),
  };
}

/**
 * Refuses an average that the validation images of `task`, or those of the fold that all trainings held back, cannot score.
 *
 * @throws InvalidInputError unless each record says that its training held back just these images
 */
export function checkHeldBack(
  records: readonly AverageRecord[],
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
