/** A classifier: a tfjs model that yields probabilities, with the records that its input and output need. */
import type { Kind } from '../arguments.js';
import { isObject } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import { type Head, headsFor, isLogits, outputsOf, placeOfHead } from './heads.js';
import type { NetworkRecord } from './networks/record.js';

/** A network with its heads, its classes and the preprocessing of its photos. */
export interface Classifier {
  /**
   * [batch, crop, crop, 3] → [batch, classes] probabilities. With one head, its last layer is a softmax, or a sigmoid; the
   * layer before it, `logits`, gives the unnormalised scores. With several, the last layer joins theirs.
   */
  model: tf.LayersModel;
  preprocessing: Preprocessing;
  /** Class names in output order; with several heads those of the first, then those of the second, … */
  classes: string[];
  /** What the columns of the output mean. Absent: all are classes of one task, of which an image has one. */
  heads?: Head[] | undefined;
  network: string;
  /** Where its network came from and what sides it takes, if it was imported. */
  imported?: Imported | undefined;
  /** The task that it was trained for by `train`; absent with several heads. */
  task?: string | undefined;
  /** The fold of the data that its training held back, from 0. */
  fold?: number | undefined;
  /** A digest of the validation images of its training, with which `evaluate` compares those that it scores. */
  validationImages?: string | undefined;
  /** Classes that its training left out, since it had no image of them: their probability is 0. */
  leftOut?: string[] | undefined;
  /** The epoch after which `train` saved it, from 1. */
  epoch?: number | undefined;
}

/** What a classifier keeps of the record of an imported network, whose folder may go. */
export type Imported = Pick<NetworkRecord, 'source' | 'sides'>;

/** For arguments that are classifiers. */
export const aClassifier: Kind = {
  what: 'a classifier',
  accepts: (value) =>
    isObject(value) &&
    ['model', 'classes', 'preprocessing'].every((name) => typeof value[name] === 'object'),
};

/** The heads of a classifier, of which most have one. */
export const headsOf = ({
  heads,
  task = '',
  classes,
}: Pick<Classifier, 'heads' | 'task' | 'classes'>): Head[] =>
  heads ?? headsFor([{ task, classes }]);

/** The model of a classifier that Bobbin made: it has one input and one output. */
export interface ImageModel extends tf.LayersModel {
  /** [batch, crop, crop, 3] → [batch, classes]. `training` drops features out, and batch normalisation uses the batch's means. */
  apply(images: tf.Tensor, options?: { training?: boolean }): tf.Tensor2D;
  apply(...inputs: Parameters<tf.LayersModel['apply']>): ReturnType<tf.LayersModel['apply']>;
  /** [batch, crop, crop, 3] → [batch, classes]. */
  predict(images: tf.Tensor, options?: { batchSize?: number }): tf.Tensor2D;
  predict(...inputs: Parameters<tf.LayersModel['predict']>): ReturnType<tf.LayersModel['predict']>;
}

/** A classifier that Bobbin made. A record without its last member can be used wherever a classifier is asked for. */
export interface BuiltClassifier extends Classifier {
  model: ImageModel;
  /** For `using`: frees the weights, unless the model was disposed of before. */
  [Symbol.dispose](): void;
}

/** Types a classifier whose model has one input and one output, and lets `using` free it. */
export function built(classifier: Classifier): BuiltClassifier {
  return { ...classifier, model: classifier.model as ImageModel, [Symbol.dispose]: dispose };
}

function dispose(this: BuiltClassifier): void {
  // tfjs refuses to dispose of a model twice.
  if (!isFreed(this.model)) {
    this.model.dispose();
  }
}

/** tfjs hides the count by which it knows. */
const isFreed = (model: tf.LayersModel): boolean =>
  (model as unknown as { _refCount: number })._refCount === 0;

/** @throws InvalidInputError when the model was disposed of, or has not one output for each class. */
export function checkHead({ model, classes }: Pick<Classifier, 'model' | 'classes'>): void {
  if (isFreed(model)) {
    throw missing('the weights', 'classifier', 'The classifier was freed: load it again');
  }
  const shapes = model.outputs.map(({ shape }) => shape);
  if (String(shapes) !== String([null, classes.length])) {
    const wanted = `one output of shape [null,${classes.length}], one number for each class,`;
    throw expected(wanted, 'the model of a classifier', shapes);
  }
}

/** The part of a classifier that answers a task, by the task. */
const parts = new WeakMap<tf.LayersModel, Map<string, BuiltClassifier>>();

/**
 * The part of a classifier of several heads that answers one task, as a classifier of this task: it shares the weights, and
 * is the same at each call. A classifier of one head is its own part.
 *
 * @param task may be left out with one head
 * @param name how messages call the choice of the task
 * @throws InvalidInputError when the classifier has several heads and none of this task
 */
export function partOf<Given extends Classifier>(
  classifier: Given,
  task: string | undefined,
  name = 'task',
): Given | BuiltClassifier {
  const heads = headsOf(classifier);
  if (heads.length === 1) {
    return classifier;
  }
  const place = placeOfHead(heads, task, name);
  const { task: own, classes, labels, validationImages, leftOut } = heads[place] as Head;
  const known = parts.get(classifier.model) ?? new Map<string, BuiltClassifier>();
  const part =
    known.get(own) ??
    built({
      ...classifier,
      model: tf.model({
        inputs: classifier.model.inputs,
        outputs: outputsOf(classifier.model)[place] as tf.SymbolicTensor,
        name: classifier.model.name,
      }),
      task: own,
      classes,
      heads: labels === 'one' ? undefined : headsFor([{ task: own, classes, labels }]),
      validationImages,
      leftOut,
    });
  parts.set(classifier.model, known.set(own, part));
  return part;
}

/** The part of `classifier` that answers a task; the layers that only its other heads need are freed. */
export function onlyPartOf(classifier: BuiltClassifier, task: string): BuiltClassifier {
  const part = partOf(classifier, task);
  const kept = new Set(part.model.layers);
  for (const layer of classifier.model.layers.filter((each) => !kept.has(each))) {
    layer.dispose();
  }
  return part;
}

/**
 * The part of a classifier before its head: images to features, [batch, crop, crop, 3] → [batch, channels]. It shares the
 * classifier's weights; disposing of the classifier frees both.
 */
export function featuresOf({ model }: Pick<Classifier, 'model'>): ImageModel {
  const { features } = inputOfHead(model);
  return tf.model({ inputs: model.inputs, outputs: features }) as ImageModel;
}

/** What enters the heads, and the share of it that training drops. */
export function inputOfHead(model: tf.LayersModel): { features: tf.SymbolicTensor; rate: number } {
  const logits = model.layers.find(({ name }) => isLogits(name)) as tf.layers.Layer;
  const input = logits.input as tf.SymbolicTensor;
  const { sourceLayer } = input;
  return sourceLayer.getClassName() === 'Dropout'
    ? {
        features: sourceLayer.input as tf.SymbolicTensor,
        rate: (sourceLayer as tf.layers.Layer & { rate: number }).rate,
      }
    : { features: input, rate: 0 };
}

/** The weights that {@link setTrainable} frees. */
export const trainableChoices = ['all', 'head', 'biases-and-norms'] as const;

/** Which weights training changes: see {@link setTrainable}. */
export type Trainable = (typeof trainableChoices)[number];

/**
 * Frees the weights that training changes, and freezes the others. The heads are always trainable; besides, `all` frees every
 * weight, and `biases-and-norms` those with one number a channel: biases, and the scales and offsets of normalisations, as in
 * BitFit (Ben Zaken et al. 2022, https://arxiv.org/abs/2106.10199). Where batch normalisations have such weights free, training
 * uses the statistics of the batch.
 */
export function setTrainable(model: tf.LayersModel, trainable: Trainable): void {
  for (const layer of model.layers) {
    const isHead = isLogits(layer.name);
    layer.trainable = isHead || trainable !== 'head';
    if (!isHead && trainable === 'biases-and-norms') {
      for (const weight of layer.trainableWeights) {
        weight.trainable = weight.shape.length <= 1;
      }
    }
  }
}
