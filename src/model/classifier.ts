/** A classifier: a tfjs model that yields probabilities, with the records that its input and output need. */
import type { Kind } from '../arguments.js';
import { isObject } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import type { NetworkRecord } from './networks/record.js';

export interface Classifier {
  /**
   * [batch, crop, crop, 3] → [batch, classes] probabilities. Its last layer is a softmax; the layer
   * before it, `logits`, gives the unnormalised scores.
   */
  model: tf.LayersModel;
  preprocessing: Preprocessing;
  /** Class names in output order. */
  classes: string[];
  network: string;
  /** Where its network came from and what sides it takes, if it was imported. */
  imported?: Imported | undefined;
  /** The task that it was trained for by `train`. */
  task?: string | undefined;
  /** The fold of the data that its training held back, from 0. */
  fold?: number | undefined;
  /** A digest of the validation images of its training, with which `evaluate` compares those that it scores. */
  validationImages?: string | undefined;
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

/** The dense layer before the softmax. */
export const headName = 'logits';

/** The names of the layers of a head, of which no other layer may have one. */
export const headNames = {
  dropout: 'dropout',
  logits: headName,
  softmax: 'probabilities',
} as const;

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

/**
 * The part of a classifier before its head: images to features, [batch, crop, crop, 3] → [batch, channels]. It shares the
 * classifier's weights; disposing of the classifier frees both.
 */
export function featuresOf({ model }: Pick<Classifier, 'model'>): ImageModel {
  const { features } = inputOfHead(model);
  return tf.model({ inputs: model.inputs, outputs: features }) as ImageModel;
}

/** What enters the head, and the share of it that training drops. */
export function inputOfHead(model: tf.LayersModel): { features: tf.SymbolicTensor; rate: number } {
  const input = model.getLayer(headName).input as tf.SymbolicTensor;
  const { sourceLayer } = input;
  return sourceLayer.getClassName() === 'Dropout'
    ? {
        features: sourceLayer.input as tf.SymbolicTensor,
        rate: (sourceLayer as tf.layers.Layer & { rate: number }).rate,
      }
    : { features: input, rate: 0 };
}

export type Trainable = 'head' | 'all';

/** Freezes or frees everything before the head; the head is always trainable. */
export function setTrainable(model: tf.LayersModel, trainable: Trainable): void {
  for (const layer of model.layers) {
    layer.trainable = trainable === 'all' || layer.name === headName;
  }
}
