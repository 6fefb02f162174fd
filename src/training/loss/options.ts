/** Options of the loss, and the loss of a step by the chosen one. */
import type { Task } from '../../dataset/index.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { balancedWeights, weighted } from './class-weights.js';
import { smoothed, smoothedEach } from './cross-entropy.js';
import { losses } from './list.js';
import type { LossEntry, RowLosses } from './loss.js';
import { orderedLosses } from './ordered/list.js';
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
  orderedLoss: {
    type: 'choice',
    choices: ['none', ...(Object.keys(orderedLosses) as (keyof typeof orderedLosses)[])],
    default: 'none',
    help: `loss of tasks whose classes are ordered, in place of \`loss\`: none: \`loss\`; ${Object.entries(
      orderedLosses,
    )
      .map(([name, { help }]) => `${name}: ${help}`)
      .join('; ')}`,
  },
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
 * The chosen loss of each row, where each image has one class, which may be ordered, or any number of them, with label smoothing and
 * without class weights.
 */
export function rowLosses(
  values: LossValues,
  { labels = 'one', ordered }: Pick<Task, 'labels' | 'ordered'> = {},
): RowLosses {
  const { loss, orderedLoss, labelSmoothing } = values;
  const entry: LossEntry<LossValues> = losses[loss];
  const softmax = () =>
    ordered === undefined || orderedLoss === 'none'
      ? entry.softmax(values)
      : orderedLosses[orderedLoss].losses(ordered.from);
  const [unsmoothed, smooth] =
    labels === 'one' ? [softmax(), smoothed] : [entry.sigmoid(values), smoothedEach];
  return (logits, targets) => unsmoothed(logits, smooth(targets, labelSmoothing));
}

interface Labelled {
  /** Of the training images. */
  labels: Iterable<number>;
  classes: number;
  /** Classes that the head leaves out. */
  leftOut?: readonly number[] | undefined;
  ordered?: Task['ordered'];
}

/** {@link rowLosses} of images with one class, with the class weights that follow from the labels of the training images. */
export function trainingLoss(
  values: LossValues,
  { labels, classes, leftOut, ordered }: Labelled,
): RowLosses {
  const kept = ordered && orderWithout(leftOut ?? [], classes, ordered);
  const losses = without(rowLosses(values, { ordered: kept }), leftOut);
  return values.classWeights === 'none'
    ? losses
    : weighted(losses, balancedWeights(labels, classes));
}

/** The order of the classes that are kept; undefined where there is none, since it has fewer than two. */
function orderWithout(
  leftOut: readonly number[],
  classes: number,
  ordered: NonNullable<Task['ordered']>,
): Task['ordered'] {
  const from = ordered.from - leftOut.filter((label) => label < ordered.from).length;
  return classes - leftOut.length - from < 2 ? undefined : { from };
}
