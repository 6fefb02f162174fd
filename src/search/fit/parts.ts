/** The parts of the images: those that are trained on, those that choose, and those that only the report sees. */
import {
  foldsByContent,
  type Manifest,
  type Sample,
  type Samples,
  SampleTable,
  samplesOf,
  type Task,
} from '../../dataset/index.js';
import { expected } from '../../errors.js';

/** With as many images in both splits, a part of those of training can be spared. */
const enough = { train: 2000, validation: 200 };

/** Of the training images, one fold in so many chooses where the validation split reports. */
const manyFolds = 10;

/** The same where the source has hardly any validation images. */
const fewFolds = 5;

/** Fewer validation images tell nothing. */
const fewImages = 10;

export interface Parts {
  /** What is trained on is its training split; its validation split chooses. */
  choosing: Manifest;
  /** Images that neither train nor choose; undefined where there are not enough to spare any. */
  reported: Samples | undefined;
}

/**
 * With 2000 training images and 200 of validation, the validation split only reports, and a tenth of the training images choose.
 * With fewer, the validation split does both, or a fifth of all images if it has hardly any.
 *
 * @throws InvalidInputError when there are fewer than 2 images a class, on the mean of the classes
 */
export function partsOf(manifest: Manifest, task: Task, seed: number): Parts {
  const [train, validation] = (['train', 'validation'] as const).map((split) => [
    ...samplesOf(manifest, task.name, split),
  ]) as [Sample[], Sample[]];
  const all = [...train, ...validation];
  if (all.length < 2 * task.classes.length) {
    const what = `photos of at least ${2 * task.classes.length} different images, 2 for each class,`;
    throw expected(what, `task ${task.name}`, all.length, 'Some are held back: add photos');
  }
  const { folds: _, ...rest } = manifest;
  const choosing = (samples: Sample[]): Manifest => ({
    ...rest,
    tasks: [task],
    samples: SampleTable.from(samples.map(({ fold: _, ...sample }) => sample)),
    questions: [],
  });
  if (train.length >= enough.train && validation.length >= enough.validation) {
    return {
      choosing: choosing(heldBack(train, seed, manyFolds)),
      reported: SampleTable.from(validation),
    };
  }
  const isSplit = validation.length >= fewImages && train.length > 0;
  return { choosing: choosing(isSplit ? all : heldBack(all, seed, fewFolds)), reported: undefined };
}

/** The samples, of which one fold is the validation split. */
function heldBack(samples: Sample[], seed: number, folds: number): Sample[] {
  const foldOf = foldsByContent(samples, seed, folds);
  return samples.map((sample) => ({
    ...sample,
    split: foldOf.get(sample.hash) === 0 ? 'validation' : 'train',
  }));
}
