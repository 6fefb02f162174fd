/** Which classifiers answer for which images: all for all of a split, or each for the fold that its training held back. */
import { type Manifest, type Samples, type Split, samplesOf } from '../dataset/index.js';
import { expected } from '../errors.js';
import type { Classifier } from '../model/index.js';
import type { Classifiers } from '../prediction/index.js';

/** Images, and the classifiers whose mean answers for them. */
export interface Part {
  samples: Samples;
  answering: Classifiers;
}

interface Asked {
  manifest: Manifest;
  task: string;
  split: Split;
}

/**
 * The parts of a split, together all images to be scored. With classifiers of several folds, these are the images of all these
 * folds, so that each image is answered out of fold.
 *
 * @throws InvalidInputError when some of the classifiers were trained on folds and others were not, and as `samplesOf` does
 */
export function partsOf({ manifest, task, split }: Asked, answering: Classifiers): Part[] {
  const classifiers = classifiersOf(answering);
  const folds = [...new Set(classifiers.map(({ fold }) => fold))];
  // Other data are not divided as those of the training.
  if (manifest.folds === undefined || folds.every((fold) => fold === undefined)) {
    return [{ samples: samplesOf(manifest, task, split), answering }];
  }
  if (folds.includes(undefined)) {
    const remedy = 'Score those without a fold alone';
    throw expected('classifiers that were all trained on folds', 'classifiers', folds, remedy);
  }
  const { weights, temperatures } = answering;
  return folds.map((fold) => {
    const isOwn = (_: unknown, index: number) => classifiers[index]?.fold === fold;
    return {
      samples: samplesOf(manifest, task, split, fold),
      answering: {
        classifier: undefined,
        classifiers: classifiers.filter(isOwn),
        weights: weights?.filter(isOwn),
        temperatures: temperatures?.filter(isOwn),
      },
    };
  });
}

export const classifiersOf = ({ classifier, classifiers }: Classifiers): readonly Classifier[] =>
  classifiers ?? (classifier === undefined ? [] : [classifier]);
