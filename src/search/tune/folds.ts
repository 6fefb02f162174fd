/** The images of a search: those of the training split alone, in folds, of which each training holds one back. */
import {
  foldsByContent,
  type Manifest,
  type Sample,
  SampleTable,
  samplesOf,
  taskOf,
} from '../../dataset/index.js';
import { expected } from '../../errors.js';

/** Folds of data that were prepared without any. */
const ownFolds = 5;

/**
 * `manifest` with the training images of one task, each in a fold: the data's own, or one of five that the seed draws. Images of
 * the validation split are not in it, so a score on them stays one on unseen images.
 *
 * @throws InvalidInputError when the task is unknown or has fewer than two training images
 */
export function trainingFolds(
  manifest: Manifest,
  task: string,
  seed: number,
): Manifest & { folds: number } {
  const known = taskOf(manifest, task);
  const samples = [...samplesOf(manifest, task, 'train')];
  if (samples.length < 2) {
    const remedy = 'One part of them is held back: put photos into its training split';
    throw expected('2 training images or more', `task ${task}`, samples.length, remedy);
  }
  const { folds = Math.min(ownFolds, samples.length) } = manifest;
  const inFolds = manifest.folds === undefined ? placed(samples, folds, seed) : samples;
  const table = SampleTable.from(inFolds);
  return { ...manifest, tasks: [known], samples: table, questions: [], folds };
}

function placed(samples: readonly Sample[], folds: number, seed: number): Sample[] {
  const foldOf = foldsByContent(samples, seed, folds);
  return samples.map((sample) => ({ ...sample, fold: foldOf.get(sample.hash) as number }));
}
