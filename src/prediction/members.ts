/** The classifiers that answer together: one, or an ensemble whose probabilities are averaged. */
import { conflict, expected, missing } from '../errors.js';
import {
  aClassifier,
  type Classifier,
  checkHead,
  type Head,
  haveSameHeads,
  headsOf,
  partOf,
} from '../model/index.js';

/** One classifier, or several with the weights of their mean. */
export interface Classifiers {
  /** Classifies alone. */
  classifier?: Classifier | undefined;
  /** Instead of `classifier`, an ensemble with the same classes: its answer is the mean of their probabilities. */
  classifiers?: readonly Classifier[] | undefined;
  /** One for each of `classifiers`, at least 0; default 1 each. They are divided by their sum. */
  weights?: readonly number[] | undefined;
  /**
   * One for each of `classifiers`, above 0; default 1 each. The logits of its probabilities are divided by it before they are
   * averaged.
   */
  temperatures?: readonly number[] | undefined;
  /** The task that classifiers of several heads answer; by default all of theirs, side by side. */
  task?: string | undefined;
}

/** A classifier, its share of the mean, 0…1, and its temperature. */
export interface Member {
  classifier: Classifier;
  share: number;
  temperature: number;
}

const loading = '`await loadClassifier(folder)` gives that of a run';

/**
 * The classifiers of a request, one or more.
 *
 * @throws InvalidInputError when there is none, when their classes differ from `classes` or from each other, when a head has
 *   not one output for each class, and when the weights or temperatures do not fit.
 */
export function membersOf(
  { classifier, classifiers, weights, temperatures, task }: Classifiers,
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
  checkTemperatures(temperatures, given.length);
  const nameOf = (index: number) => (given.length === 1 ? 'classifier' : `classifiers[${index}]`);
  const answering = given.map((each, index) => {
    checkClassifier(each, nameOf(index));
    return task === undefined ? each : partOf(each, task);
  });
  const [first] = answering as [Classifier];
  return answering.map((each, index) => {
    checkClasses(each, nameOf(index), classes ?? first.classes);
    checkHeads(each, nameOf(index), headsOf(first));
    const temperature = temperatures?.[index] ?? 1;
    return { classifier: each, share: shares[index] as number, temperature };
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

/** A mean of softmax and sigmoid, or of other tasks, would mean nothing. */
function checkHeads(classifier: Classifier, name: string, wanted: readonly Head[]): void {
  const own = headsOf(classifier);
  if (!haveSameHeads(own, wanted)) {
    const inWords = (heads: readonly Head[]) =>
      heads.map(({ task, labels }) => `${task} (${labels})`).join(', ');
    throw expected(`the tasks ${inWords(wanted)}`, name, inWords(own));
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

function checkTemperatures(temperatures: readonly number[] | undefined, members: number): void {
  const valid = temperatures?.every((each) => Number.isFinite(each) && each > 0) ?? true;
  if (!valid || (temperatures?.length ?? members) !== members) {
    throw expected(`${members} numbers above 0`, 'temperatures', temperatures);
  }
}
