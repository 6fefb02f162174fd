/** A classifier: a tfjs model that yields probabilities, with the records that its input and output need. */
import { expected } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import type { tf } from '../tensorflow/index.js';

export interface Classifier {
  /**
   * [batch, crop, crop, 3] → [batch, classes] probabilities. Its last layer is a softmax; the layer
   * before it, `logits`, gives the unnormalised scores.
   */
  model: tf.LayersModel;
  preprocessing: Preprocessing;
  /** Class names in output order. */
  classes: string[];
  architecture: string;
  /** The task that it was trained for by `train`. */
  task?: string;
}

/** The dense layer before the softmax. */
export const headName = 'logits';

/** @throws InvalidInputError when the model has not one output for each class. */
export function checkHead({ model, classes }: Pick<Classifier, 'model' | 'classes'>): void {
  const shapes = model.outputs.map(({ shape }) => shape);
  if (String(shapes) !== String([null, classes.length])) {
    const wanted = `one output of shape [null,${classes.length}], one number for each class,`;
    throw expected(wanted, 'the model of a classifier', shapes);
  }
}

export type Trainable = 'head' | 'all';

/** Freezes or frees everything before the head; the head is always trainable. */
export function setTrainable(model: tf.LayersModel, trainable: Trainable): void {
  for (const layer of model.layers) {
    layer.trainable = trainable === 'all' || layer.name === headName;
  }
}
