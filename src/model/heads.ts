/** The heads of a classifier: which columns of its output answer a task, and the layers that compute them. */
import type { Task } from '../dataset/index.js';
import { isObject } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import { tf } from '../tensorflow/index.js';
import { Dropout } from './layers/dropout.js';

/** A task as a head answers it. */
export interface HeadTask {
  /** The task's name. */
  task: string;
  /** At least two names in label order; of a task of any number of labels, at least one. */
  classes: readonly string[];
  /**
   * How many labels an image has. One, the default: the probabilities add up to 1 (softmax). Any number: each class has a
   * probability of its own (sigmoid).
   */
  labels?: Task['labels'] | undefined;
}

/** The columns of a classifier's output that answer one task. */
export interface Head extends HeadTask {
  classes: string[];
  labels: NonNullable<Task['labels']>;
  /** The first column, from 0. */
  from: number;
  /** The column after the last one. */
  to: number;
  /** A digest of the task's validation images in its training, as of a classifier of one head. */
  validationImages?: string | undefined;
  /** Classes that its training left out, as of a classifier of one head. */
  leftOut?: string[] | undefined;
}

/** The heads of these tasks, side by side. */
export function headsFor(tasks: readonly HeadTask[]): Head[] {
  let to = 0;
  return tasks.map(({ task, classes, labels = 'one' }) => {
    const from = to;
    to += classes.length;
    return { task, classes: [...classes], labels, from, to };
  });
}

/** Whether two heads answer the same: one label or any number of them, of the same classes; `byName`: of a task of the same name. */
export const isSameHead = (one: Head, other: Head, byName: boolean): boolean =>
  one.labels === other.labels &&
  (!byName || one.task === other.task) &&
  JSON.stringify(one.classes) === JSON.stringify(other.classes);

/** Whether two classifiers answer the same, in the same order. */
export const haveSameHeads = (one: readonly Head[], other: readonly Head[]): boolean =>
  one.length === other.length &&
  one.every((head, place) => isSameHead(head, other[place] as Head, one.length > 1));

/** Whether a value from a file is a list of heads that together have `columns` columns. */
export function areHeads(value: unknown, columns: number | undefined): value is Head[] {
  if (!Array.isArray(value) || value.length === 0) {
    return false;
  }
  let end: unknown = 0;
  for (const head of value) {
    const isWhole =
      isObject(head) &&
      typeof head.task === 'string' &&
      areTexts(head.classes) &&
      (head.leftOut === undefined || areTexts(head.leftOut)) &&
      ['one', 'any'].includes(head.labels as string) &&
      ['string', 'undefined'].includes(typeof head.validationImages) &&
      head.from === end &&
      head.to === (end as number) + head.classes.length;
    if (!isWhole) {
      return false;
    }
    end = head.to;
  }
  return end === columns;
}

export const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** The dense layer that gives the unnormalised scores of a head, and the layer that makes probabilities of them. */
export const headName = 'logits';
const outputName = 'probabilities';
const dropoutName = 'dropout';

/** Whether a layer of a head may have this name, so that no other layer may. */
export const isHeadName = (name: string): boolean =>
  name === dropoutName || [headName, outputName].some((own) => isOrIn(name, own));

/** Whether a layer is the dense layer of a head. */
export const isLogits = (name: string): boolean => isOrIn(name, headName);

const isOrIn = (name: string, folder: string) => name === folder || name.startsWith(`${folder}/`);

/** The name of the dense layer of a head. */
export const logitsName = (head: Head, heads: readonly Head[]): string =>
  nameIn(headName, head, heads);

/** A head alone has the plain name; one of several has its task's behind it. */
const nameIn = (layer: string, { task }: Head, heads: readonly Head[]): string =>
  heads.length === 1 ? layer : `${layer}/${task.replace(/[^-\w]/gu, escaped)}`;

/** The names of weights in tfjs have no other characters than ASCII's letters and digits, `-`, `.` and `_`. */
const escaped = (character: string) => `.${character.codePointAt(0)?.toString(16)}.`;

interface HeadOptions {
  heads: readonly Head[];
  /** Share of the features that is dropped in training. */
  rate: number;
  seed: number;
}

/**
 * Probabilities, [batch, columns], from features: dropout, then for each head a dense layer with Glorot (Xavier) uniform weights
 * and its softmax or sigmoid. Several heads are joined in their order.
 */
export function buildHeads(
  features: tf.SymbolicTensor,
  { heads, rate, seed }: HeadOptions,
): tf.SymbolicTensor {
  const dropped = new Dropout({ name: dropoutName, rate }).apply(features);
  const parts = heads.map((head, index) => {
    const logits = tf.layers.dense({
      name: logitsName(head, heads),
      units: head.classes.length,
      kernelInitializer: tf.initializers.glorotUniform({ seed: seed + index }),
    });
    const name = nameIn(outputName, head, heads);
    const activation =
      head.labels === 'one'
        ? tf.layers.softmax({ name })
        : tf.layers.activation({ name, activation: 'sigmoid' });
    return activation.apply(logits.apply(dropped)) as tf.SymbolicTensor;
  });
  return parts.length === 1
    ? (parts[0] as tf.SymbolicTensor)
    : (tf.layers.concatenate({ name: outputName }).apply(parts) as tf.SymbolicTensor);
}

/** The probabilities of each head of a model, [batch, classes]; of a model with one head, its output. */
export function outputsOf(model: tf.LayersModel): tf.SymbolicTensor[] {
  const [output] = model.outputs as [tf.SymbolicTensor];
  return output.sourceLayer.name === outputName && output.inputs.length > 1
    ? output.inputs
    : [output];
}

/**
 * The place of the head of `task` among `heads`; undefined means the only one.
 *
 * @param name how messages call the choice of the task
 * @throws InvalidInputError when no head is of this task, and when several are and none is named
 */
export function placeOfHead(
  heads: readonly Head[],
  task: string | undefined,
  name = 'task',
): number {
  const tasks = heads.map((head) => head.task);
  if (task === undefined && heads.length > 1) {
    throw missing(`one of ${tasks.join(', ')}`, name, 'The classifier has a head for each');
  }
  const place = task === undefined ? 0 : tasks.indexOf(task);
  if (place < 0) {
    throw expected(`one of ${tasks.join(', ')}`, name, task);
  }
  return place;
}
