/** The classifiers that answer together: one, or an ensemble whose probabilities are averaged. */
import { conflict, expected, missing } from '../errors.js';
import { aClassifier, type Classifier, checkHead } from '../model/index.js';

/** One classifier, or several with the weights of their mean. */
export interface Classifiers {
  /** Classifies alone. */
  classifier?: Classifier | undefined;
  /** Instead of `classifier`, an ensemble with the same classes: its answer is the mean of their probabilities. */
  classifiers?: readonly Classifier[] | undefined;
  /** One for each of `classifiers`, at least 0; default 1 each. They are divided by their sum. */
  weights?: readonly number[] | undefined;
}

/** A classifier and its share of the mean, 0…1. */
export interface Member {
  classifier: Classifier;
  share: number;
}

const loading = '`await loadClassifier(folder)` gives that of a run';

/**
 * The classifiers of a request, one or more.
 *
 * @throws InvalidInputError when there is none, when their classes differ from `classes` or from each other, when a head has
 *   not one output for each class, and when the weights do not fit.
 */
export function membersOf(
  { classifier, classifiers, weights }: Classifiers,
  classes?: readonly string[],
): Member[] {
  if (classifier !== undefined && classifiers !== undefined) {
    throw conflict('classifier', 'classifiers', 'Give one classifier, or the list of an ensemble');
  }
  const given = classifiers ?? (classifier === undefined ? [] : [classifier]);
  if (given.length === 0) {
    throw missing('a classifier', 'classifier', loading);
  }
  const shares = sharesOf(weights, given.length);
  return given.map((each, index) => {
    const name = given.length === 1 ? 'classifier' : `classifiers[${index}]`;
    checkClassifier(each, name);
    checkClasses(each, name, classes ?? (given[0] as Classifier).classes);
    return { classifier: each, share: shares[index] as number };
  });
}

function checkClassifier(classifier: Classifier, name: string): void {
  if (!aClassifier.accepts(classifier)) {
    throw expected(aClassifier.what, name, classifier, loading);
  }
  checkHead(classifier);
}

function checkClasses(
  { classes, task }: Classifier,
  name: string,
  wanted: readonly string[],
): void {
  if (JSON.stringify(classes) !== JSON.stringify(wanted)) {
    const owner = task === undefined ? name : `${name}, trained for task ${task},`;
    throw expected(`classes ${wanted.join(', ')}`, owner, classes.join(', '));
  }
}

/**
 * The weights divided by their sum.
 *
 * @throws InvalidInputError when they are not one for each member, at least 0 and not all 0.
 */
export function sharesOf(weights: readonly number[] | undefined, members: number): number[] {
  const given = weights ?? Array.from({ length: members }, () => 1);
  const sum = given.reduce((total, weight) => total + weight, 0);
  const valid = given.every((weight) => Number.isFinite(weight) && weight >= 0) && sum > 0;
  if (!valid || given.length !== members) {
    throw expected(`${members} numbers of at least 0, not all 0,`, 'weights', given);
  }
  return given.map((weight) => weight / sum);
}
