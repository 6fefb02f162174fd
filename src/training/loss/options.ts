/** Options of the loss, and the loss of a step by the chosen one. */
import type { Task } from '../../dataset/index.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { balancedWeights, weighted } from './class-weights.js';
import { smoothed, smoothedEach } from './cross-entropy.js';
import { losses } from './list.js';
import type { LossEntry, RowLosses } from './loss.js';
import { without } from './without.js';

export const lossOptions = {
  loss: {
    type: 'choice',
    choices: Object.keys(losses) as (keyof typeof losses)[],
    default: 'cross-entropy',
    help: Object.entries(losses)
      .map(([name, { help }]) => `${name}: ${help}`)
      .join('; '),
  },
  ...losses.focal.options,
  classWeights: {
    type: 'choice',
    choices: ['none', 'balanced'],
    default: 'none',
    help: 'weight of an image in the loss by its class: none: 1; balanced: images / (classes · images of the class)',
  },
  labelSmoothing: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    help: 'share of the target spread evenly over all classes; of a task of any number of labels, over yes and no for each class',
  },
  maybe: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1,
    help: 'share of the target that the classes of an image marked m (maybe) have, in equal parts; the class marked y keeps the rest; training images only',
  },
} as const satisfies OptionTable;

export type LossValues = OptionValues<typeof lossOptions>;

/**
 * The chosen loss of each row, where each image has one class, or any number of them, with label smoothing and
 * without class weights.
 */
export function rowLosses(
  values: LossValues,
  labels: NonNullable<Task['labels']> = 'one',
): RowLosses {
  const { loss, labelSmoothing } = values;
  const entry: LossEntry<LossValues> = losses[loss];
  const [unsmoothed, smooth] =
    labels === 'one' ? [entry.softmax(values), smoothed] : [entry.sigmoid(values), smoothedEach];
  return (logits, targets) => unsmoothed(logits, smooth(targets, labelSmoothing));
}

interface Labelled {
  /** Of the training images. */
  labels: Iterable<number>;
  classes: number;
  /** Classes that the head leaves out. */
  leftOut?: readonly number[] | undefined;
}

/** {@link rowLosses} of images with one class, with the class weights that follow from the labels of the training images. */
export function trainingLoss(
  values: LossValues,
  { labels, classes, leftOut }: Labelled,
): RowLosses {
  const losses = without(rowLosses(values), leftOut);
  return values.classWeights === 'none'
    ? losses
    : weighted(losses, balancedWeights(labels, classes));
}
