/** Refuses predictions and labels that do not fit each other. */
import { expected, missing } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';
import { haveLists, type Truth } from './metrics.js';

/** @throws InvalidInputError unless each has a row of finite numbers for each label, all of one length, and labels are classes */
export function checkPredictions(
  predictions: readonly Float32Array[],
  { labels, maybe }: Truth,
): void {
  const [first] = predictions;
  if (first === undefined) {
    throw missing('the predictions of one candidate or more', 'predictions');
  }
  if (labels.length === 0) {
    throw missing('one image or more', 'labels');
  }
  if (first.length === 0 || first.length % labels.length !== 0) {
    throw expected(
      `${labels.length} rows of one length`,
      'predictions[0]',
      `${first.length} numbers`,
    );
  }
  for (const [index, each] of predictions.entries()) {
    if (each.length !== first.length) {
      throw expected(`${first.length} numbers`, `predictions[${index}]`, each.length);
    }
    const bad = nonFiniteIndex(each);
    if (bad >= 0) {
      throw expected('finite numbers', `predictions[${index}]`, each[bad]);
    }
  }
  if (maybe && maybe.length !== labels.length) {
    throw expected(`${labels.length}`, 'the number of maybe rows', maybe.length);
  }
  checkLabels(labels, first.length / labels.length);
}

function checkLabels(labels: Truth['labels'], classes: number): void {
  const isClass = (label: unknown) =>
    Number.isInteger(label) && (label as number) >= 0 && (label as number) < classes;
  for (const [image, label] of labels.entries()) {
    const isList = typeof label === 'object';
    if (isList !== haveLists(labels) || !(isList ? label.every(isClass) : isClass(label))) {
      const what = haveLists(labels) ? 'a list of classes' : 'a class';
      throw expected(`${what} from 0 to ${classes - 1}`, `labels[${image}]`, label);
    }
  }
}
