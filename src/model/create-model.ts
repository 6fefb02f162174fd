/** Builds classifiers: a network with a head for the classes, and the weights to start with. */
import { checkArguments, choice, type ShapeOf } from '../arguments.js';
import { expected } from '../errors.js';
import { tf } from '../tensorflow/index.js';
import {
  type BuiltClassifier,
  built,
  headName,
  setTrainable,
  type Trainable,
} from './classifier.js';
import { Dropout } from './layers/dropout.js';
import { type NetworkName, networkNamed, networkNames } from './networks/index.js';
import { checkSize, modelOptions } from './options.js';
import { publishedWeights, readWeights, type StartingWeights } from './pretrained.js';
import { assignWeights } from './weights/assign.js';

export interface ModelOptions {
  /** By default that of the run in `pretrained`, else `efficientnet-lite0`. */
  network?: NetworkName | undefined;
  /** At least two names, in label order. */
  classes: readonly string[];
  /**
   * The weights to start with. `true`, the default: the ImageNet weights that set-up fetched, which EfficientNet-Lite0
   * has. `false`: random weights.
   *
   * The path of a run, of its `model` or `best`, or of a folder with one run: the weights that it trained, those of
   * the head only if the classes are the same in the same order; else the head has random weights. The network must be the
   * run's.
   *
   * The path of a file: its weights, in any format that Bobbin reads, told by its content. They may be named as tfjs
   * and Keras do, `Conv1/kernel`, or as torch checkpoints of the network are. The head has random weights.
   */
  pretrained?: boolean | string | undefined;
  /** Side of the input in pixels, a multiple of 32 from 32; by default that of the run in `pretrained`, else the network's own. */
  size?: number | undefined;
  /** The weights that a training step changes: those of the head, or all. */
  trainable: Trainable;
  /** Of the initial weights, an integer from 0. */
  seed: number;
}

/**
 * Builds a network with a head: dropout, a dense layer with Glorot (Xavier) uniform weights, softmax.
 *
 * @throws InvalidInputError when an option is unknown, missing or out of its range, when there is no file or run in
 *   `pretrained`, and when its weights are not those of the network; Error when the cache lacks the published weights
 */
export async function createModel(options: ModelOptions): Promise<BuiltClassifier> {
  checkRequest(options);
  const { classes, pretrained = true, trainable } = options;
  const given = typeof pretrained === 'string' ? await readWeights(pretrained) : undefined;
  const name = nameOf(options.network, given);
  const network = networkNamed(name);
  const weights = pretrained === true ? await publishedWeights(name, network) : given;
  const trained = weights?.trained;
  const size = options.size ?? trained?.preprocessing.crop ?? network.size;
  // tfjs takes a seed of 0 for none, and draws one.
  const seed = options.seed === 0 ? 2 ** 32 : options.seed;
  const { input, features } = network.build(size, seed);
  const dropped = new Dropout({ name: 'dropout', rate: network.dropout }).apply(features);
  const outputs = headOf(dropped as tf.SymbolicTensor, classes.length, seed);
  const model = tf.model({ inputs: input, outputs, name });
  if (weights !== undefined) {
    const { file, tensors } = weights;
    const hasHead = trained !== undefined && String(trained.classes) === String(classes);
    const except = hasHead ? undefined : headName;
    try {
      assignWeights(model, tensors, { file, namings: network.namings ?? [], except });
    } catch (error) {
      model.dispose();
      throw error;
    }
  }
  setTrainable(model, trainable);
  const { mean, std, channels } = trained?.preprocessing ?? network.preprocessing(size);
  const preprocessing = { ...network.preprocessing(size), mean, std, channels };
  return built({ model, preprocessing, classes: [...classes], network: name });
}

const modelShape = {
  ...modelOptions,
  classes: {
    what: 'at least two names',
    accepts: (value) => Array.isArray(value) && value.length >= 2,
  },
  trainable: choice('head', 'all'),
  seed: {
    what: 'an integer of at least 0',
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  },
} as const satisfies ShapeOf<ModelOptions>;

function checkRequest(options: ModelOptions): void {
  checkArguments('createModel', options, modelShape);
  checkSize(options.size);
}

/** The network that is given, else that of the run whose weights are taken, else the default. */
function nameOf(given: NetworkName | undefined, weights: StartingWeights | undefined): NetworkName {
  const trained = weights?.trained?.network;
  if (trained === undefined) {
    return given ?? networkNames[0];
  }
  const source = weights?.file;
  const name = networkNames.find((each) => each === trained);
  if (name === undefined) {
    const remedy = `Its network is ${trained}: in a program, give its classifier to train`;
    throw expected(`a run of ${networkNames.join(', ')}`, 'pretrained', source, remedy);
  }
  if (given !== undefined && given !== name) {
    const remedy = 'Leave out --model (in a program `network`), or name a run of that network';
    throw expected(`${name}, the network of ${source},`, 'network', given, remedy);
  }
  return name;
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
