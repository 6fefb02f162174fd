/** The targets that `fit` makes of a loader's labels, in the form that the model's output and loss take. */

import { conflict, expected } from '../../errors.js';
import { type Batch, type Loader, labelOf, type PixelType } from '../../pipeline/index.js';
import { count } from '../../plural.js';
import { targetsOf, type tf } from '../../tensorflow/index.js';
import { type Trainer, trainerOf } from './trainer.js';

export type Targets = (batch: Batch<PixelType>) => tf.Tensor;

const sparse = 'sparseCategoricalCrossentropy';
/** Losses of tfjs whose targets cannot be made of labels, and why. */
const refused: Readonly<Record<string, string>> = {
  hinge: 'It takes −1 and 1',
  squaredHinge: 'It takes −1 and 1',
};
/** Losses of a distribution over classes: one output alone is always 1. */
const needClasses = ['categoricalCrossentropy', sparse];

/**
 * By default a row for each image with 1 at its class, see `targetsOf`. For `sparseCategoricalCrossentropy` the class
 * itself, [images, 1]; for a model with one output the probability of class 1, [images, 1].
 *
 * @throws InvalidInputError when the output is not [images, classes], when the loss or a metric takes other targets, and
 *   when a sample of a loader has a label without an output
 */
export function labelTargets(
  model: tf.LayersModel,
  loaders: readonly Loader<PixelType>[],
): Targets {
  const trainer = trainerOf(model);
  const loss = lossName(trainer.loss);
  const outputs = countOutputs(model);
  checkLoss(loss, outputs);
  checkMetrics(loss, trainer.getDedupedMetricsNames());
  // One output tells class 1 from class 0.
  const labels = Math.max(2, outputs);
  for (const loader of loaders) {
    if (loss === sparse && Math.max(loader.augmentation.mixup, loader.augmentation.cutmix) > 0) {
      throw conflict(`The loss ${sparse}`, 'mixup and cutmix', 'Use categoricalCrossentropy');
    }
    checkLabels(loader, { labels, outputs, name: model.name });
  }
  if (loss === sparse) {
    // tfjs rounds them down, for which TensorFlow has no op on integers.
    return (batch) => targetsOf(batch, labels).argMax(1).expandDims(1).toFloat();
  }
  if (outputs === 1) {
    return (batch) => targetsOf(batch, labels).slice([0, 1], [-1, 1]);
  }
  return (batch) => targetsOf(batch, labels);
}

/** The name of the loss, if it is one of tfjs's: these are given by name. */
function lossName(loss: Trainer['loss']): string | undefined {
  const [first] = typeof loss === 'object' ? Object.values(loss) : [loss];
  return typeof first === 'string' ? first : undefined;
}

function countOutputs({ name, outputs }: tf.LayersModel): number {
  const { shape } = outputs[0] as tf.SymbolicTensor;
  const [, count] = shape;
  if (shape.length !== 2 || typeof count !== 'number') {
    const remedy = 'Give fit the targets of a batch by its option targets';
    throw expected('[images, classes]', `the output of ${name}`, shape, remedy);
  }
  return count;
}

function checkLoss(loss: string | undefined, outputs: number): void {
  const why = refused[loss ?? ''];
  if (why !== undefined) {
    throw conflict(`The loss ${loss}`, 'labels', `${why}: give fit the option targets`);
  }
  if (outputs === 1 && needClasses.includes(loss ?? '')) {
    const remedy = 'Use binaryCrossentropy, or give the model an output for each class';
    throw conflict(`The loss ${loss}`, 'a model with one output', remedy);
  }
}

/** A metric that takes the other form of targets would compare something else, or fail without the reason. */
function checkMetrics(loss: string | undefined, names: readonly string[]): void {
  const other = loss === sparse ? /^categorical/ : /^sparse/;
  const found = names.find((name) => other.test(name));
  if (found !== undefined) {
    const targets = loss === sparse ? 'classes as targets' : 'a row of shares as targets';
    throw conflict(`The metric ${found}`, targets, 'Use the metric accuracy');
  }
}

function checkLabels(
  { samples }: Loader<PixelType>,
  { labels, outputs, name }: { labels: number; outputs: number; name: string },
): void {
  for (let index = 0; index < samples.length; index++) {
    const label = labelOf(samples, index);
    if (label >= 0 && label < labels) {
      continue;
    }
    const what = `a label from 0 to ${labels - 1}, as ${name} has ${count(outputs, 'output')},`;
    const remedy = 'Give the model an output for each class, or give fit the option targets';
    throw expected(what, samples.at(index)?.path ?? '', label, remedy);
  }
}
