/** Classes without training images: which they are, and a head without them. */
import type { Task } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { type Classifier, type Head, headsOf, logitsName } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';

/**
 * The classes without training images, by their numbers. Where an image has any number of labels there is none: those that it
 * lacks teach a class, too.
 *
 * @param trained the labels of the training images
 * @throws InvalidInputError when fewer than two classes are left
 */
export function emptyClassesOf(
  { name, classes, labels }: Task,
  trained: Iterable<number>,
): number[] {
  if (labels === 'any') {
    return [];
  }
  const present = new Set(trained);
  if (present.size < 2) {
    const remedy = 'A classifier tells two classes or more apart: leave emptyClasses out';
    throw expected('training images of two classes', `task ${name}`, present.size, remedy);
  }
  return [...classes.keys()].filter((label) => !present.has(label));
}

/** Of a class that is left out: the softmax of it is 0 in float32, and it is a finite number in float16, too. */
const lowest = -1e4;

/**
 * Gives the classes that are left out the probability 0: weights of 0 and a bias so low that they never move. A class that an
 * earlier run had left out begins anew.
 *
 * @param leftOut for each head, in their order
 */
export function leaveOut(classifier: Classifier, leftOut: readonly (readonly number[])[]): void {
  const heads = headsOf(classifier);
  for (const [place, head] of heads.entries()) {
    leaveOutOf(classifier.model.getLayer(logitsName(head, heads)), head, leftOut[place] ?? []);
  }
}

function leaveOutOf(layer: tf.layers.Layer, { classes }: Head, leftOut: readonly number[]): void {
  const [kernel, bias] = layer.getWeights();
  const before = bias?.dataSync() ?? new Float32Array(classes.length);
  const isOut = classes.map((_, label) => leftOut.includes(label));
  const wasOut = classes.map((_, label) => (before[label] as number) < lowest / 2);
  if (isOut.every((out, label) => out === wasOut[label])) {
    return;
  }
  if (kernel === undefined || bias === undefined) {
    throw expected(
      'a head with biases',
      'emptyClasses',
      'drop',
      `The layer ${layer.name} has none`,
    );
  }
  tf.tidy(() => {
    const kept = tf.tensor1d(isOut.map((out, label) => (out || wasOut[label] ? 0 : 1)));
    const biases = classes.map((_, label) =>
      isOut[label] ? lowest : wasOut[label] ? 0 : (before[label] as number),
    );
    layer.setWeights([kernel.mul(kept), tf.tensor1d(biases)]);
  });
}
