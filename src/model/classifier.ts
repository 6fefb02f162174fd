/** A classifier: a tfjs model that yields probabilities, with all that is needed to feed and read it. */
import { expected } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import { Dropout } from './layers/dropout.js';
import { type ArchitectureName, architectureNamed, preprocessingOf } from './networks/index.js';

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
}

export interface ModelOptions {
  architecture: ArchitectureName;
  /** At least two names, in label order. */
  classes: readonly string[];
  /**
   * `false` for random weights, or the path of a file: a `.pth` for EfficientNet-Lite0, a tfjs
   * `model.json` for the others. `true`, for EfficientNet-Lite0: its ImageNet weights from the cache.
   */
  pretrained: boolean | string;
  /** Side of the input in pixels, a multiple of 32 from 32; the architecture's own when absent. */
  size?: number;
  /** What a training step changes: the new head alone, or the whole network. */
  trainable: Trainable;
  /** Of the initial weights, an integer from 0. */
  seed: number;
}

export type Trainable = 'head' | 'all';

/** Builds a network with a new head: dropout, a dense layer with Glorot (Xavier) uniform weights, softmax. */
export async function createModel(options: ModelOptions): Promise<Classifier> {
  const architecture = architectureNamed(options.architecture);
  const { classes, size = architecture.size } = options;
  // tfjs takes a seed of 0 for none, and draws one.
  const seed = options.seed === 0 ? 2 ** 32 : options.seed;
  if (classes.length < 2) {
    throw expected('at least two names', 'classes', classes);
  }
  if (!Number.isInteger(size) || size < 32 || size % 32 !== 0) {
    throw expected('a multiple of 32', 'size', size);
  }
  const { input, features } = architecture.build(size, seed);
  const dropped = new Dropout({ name: 'dropout', rate: architecture.dropout }).apply(features);
  const logits = tf.layers.dense({
    name: 'logits',
    units: classes.length,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  const softmax = tf.layers.softmax({ name: 'probabilities' });
  const outputs = softmax.apply(logits.apply(dropped)) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs, name: options.architecture });
  if (options.pretrained !== false) {
    await architecture.load(model, options.pretrained);
  }
  setTrainable(model, options.trainable);
  return {
    model,
    preprocessing: preprocessingOf(architecture, size),
    classes: [...classes],
    architecture: options.architecture,
  };
}

/** Freezes or frees everything before the head; the head is always trainable. */
export function setTrainable(model: tf.LayersModel, trainable: Trainable): void {
  for (const layer of model.layers) {
    layer.trainable = trainable === 'all' || layer.name === 'logits';
  }
}
