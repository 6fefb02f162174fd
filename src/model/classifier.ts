/** A classifier: a tfjs model that yields probabilities, with the records that its input and output need. */
import { expected } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import { Dropout } from './layers/dropout.js';
import { type ArchitectureName, networkNamed } from './networks/index.js';
import { modelOptions } from './options.js';
import { headName, loadPretrained } from './pretrained.js';

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

export interface ModelOptions {
  /** By default `efficientnet-lite0`. */
  architecture?: ArchitectureName | undefined;
  /** At least two names, in label order. */
  classes: readonly string[];
  /**
   * `true`, the default: the ImageNet weights that set-up fetched, which EfficientNet-Lite0 has. The path
   * of a file: its weights, in any format that Bobbin reads, told by its content. They may be named as tfjs
   * and Keras do, `Conv1/kernel`, or as torch checkpoints of the network are. `false`: random weights. The
   * head has random weights in any case.
   */
  pretrained?: boolean | string | undefined;
  /** Side of the input in pixels, a multiple of 32 from 32; by default the network's own. */
  size?: number | undefined;
  /** The weights that a training step changes: those of the new head, or all. */
  trainable: Trainable;
  /** Of the initial weights, an integer from 0. */
  seed: number;
}

export type Trainable = 'head' | 'all';

/**
 * Builds a network with a new head: dropout, a dense layer with Glorot (Xavier) uniform weights, softmax.
 *
 * @throws InvalidInputError when an option is out of its range, or when the pretrained weights are not
 *   those of the network; Error when the cache lacks the published weights
 */
export async function createModel(options: ModelOptions): Promise<Classifier> {
  const {
    architecture = modelOptions.architecture.default,
    pretrained = modelOptions.pretrained.default,
  } = options;
  const network = networkNamed(architecture);
  const { classes, size = network.size } = options;
  if (classes.length < 2) {
    throw expected('at least two names', 'classes', classes);
  }
  if (!Number.isInteger(size) || size < 32 || size % 32 !== 0) {
    throw expected('a multiple of 32', 'size', size);
  }
  // tfjs takes a seed of 0 for none, and draws one.
  const seed = options.seed === 0 ? 2 ** 32 : options.seed;
  const { input, features } = network.build(size, seed);
  const dropped = new Dropout({ name: 'dropout', rate: network.dropout }).apply(features);
  const outputs = headOf(dropped as tf.SymbolicTensor, classes.length, seed);
  const model = tf.model({ inputs: input, outputs, name: architecture });
  if (pretrained !== false) {
    await loadPretrained(model, network, pretrained);
  }
  setTrainable(model, options.trainable);
  return { model, preprocessing: network.preprocessing(size), classes: [...classes], architecture };
}

/** Probabilities, [batch, classes], from features. */
function headOf(features: tf.SymbolicTensor, classes: number, seed: number): tf.SymbolicTensor {
  const logits = tf.layers.dense({
    name: headName,
    units: classes,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  const softmax = tf.layers.softmax({ name: 'probabilities' });
  return softmax.apply(logits.apply(features)) as tf.SymbolicTensor;
}

/** @throws InvalidInputError when the model has not one output for each class. */
export function checkHead({ model, classes }: Pick<Classifier, 'model' | 'classes'>): void {
  const shapes = model.outputs.map(({ shape }) => shape);
  if (String(shapes) !== String([null, classes.length])) {
    const wanted = `one output of shape [null,${classes.length}], one number for each class,`;
    throw expected(wanted, 'the model of a classifier', shapes);
  }
}

/** Freezes or frees everything before the head; the head is always trainable. */
export function setTrainable(model: tf.LayersModel, trainable: Trainable): void {
  for (const layer of model.layers) {
    layer.trainable = trainable === 'all' || layer.name === headName;
  }
}
