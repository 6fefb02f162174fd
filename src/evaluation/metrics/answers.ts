/** Answers: what the metrics need of an image's row of probabilities, which then need not be kept. */
import { checkArgument, list, record } from '../../arguments.js';
import { expected, missing } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';

/**
 * Predictions of n images over c classes: n rows of c finite probabilities, n labels in 0 … c − 1, and for each image
 * the classes marked `m` (maybe). An image *counts* in precision if its top class is not one of its `maybe`.
 *
 * The metrics throw InvalidInputError when n is 0, lengths differ, a label is not a class, or a probability is not finite.
 */
export interface Scored {
  probabilities: readonly ArrayLike<number>[];
  labels: ArrayLike<number>;
  /** For each image the doubtful classes; undefined if no image has any. */
  maybe?: readonly (readonly number[])[];
}

/** One image's answer: its top class, and where its label stands. */
export interface Answer {
  label: number;
  top: number;
  /** Of the top class. */
  probability: number;
  /** The label's position, from 1, among the classes by falling probability; of equal ones the lower index comes first. */
  rank: number;
  /** Whether the image counts in precision. */
  counts: boolean;
  /** The probability of its label. */
  labelProbability: number;
  /** Σ (p − y)² over the classes, where y is 1 for the label and 0 for the others: 0…2. */
  squaredError: number;
}

/**
 * Index of the greatest probability; the lowest index if several are equal.
 *
 * @throws InvalidInputError for a row without numbers, or with one that is not finite.
 */
export function topClass(row: ArrayLike<number>): number {
  checkRow(row, 'a row of probabilities');
  return greatest(row);
}

/** The answer in a row of at least one finite probability. */
export function answerOf(
  row: ArrayLike<number>,
  label: number,
  maybe: readonly number[] = [],
): Answer {
  const top = greatest(row);
  return {
    label,
    top,
    probability: row[top] as number,
    rank: rankOf(row, label),
    counts: !maybe.includes(top),
    labelProbability: row[label] as number,
    squaredError: squaredErrorOf(row, label),
  };
}

/** @throws InvalidInputError as {@link Scored} says. */
export function answersOf(scored: Scored): Answer[] {
  checkScored(scored);
  const { probabilities, labels, maybe } = scored;
  return probabilities.map((row, index) => answerOf(row, labels[index] as number, maybe?.[index]));
}

function greatest(row: ArrayLike<number>): number {
  let top = 0;
  for (let index = 1; index < row.length; index++) {
    if ((row[index] as number) > (row[top] as number)) {
      top = index;
    }
  }
  return top;
}

/** The position of a class, from 1, by falling probability. */
export function rankOf(row: ArrayLike<number>, label: number): number {
  const own = row[label] as number;
  let rank = 1;
  for (let index = 0; index < row.length; index++) {
    const other = row[index] as number;
    if (other > own || (other === own && index < label)) {
      rank++;
    }
  }
  return rank;
}

function squaredErrorOf(row: ArrayLike<number>, label: number): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    const error = (row[index] as number) - (index === label ? 1 : 0);
    sum += error * error;
  }
  return sum;
}

function checkScored(scored: Scored): void {
  checkArgument('scored', scored, record('probabilities and labels'));
  const { probabilities, labels, maybe } = scored;
  checkArgument('probabilities', probabilities, list('a list of rows'));
  checkArgument('labels', labels, list('a list of classes'));
  const images = probabilities.length;
  if (images === 0) {
    throw missing('one image or more', 'probabilities');
  }
  if (labels.length !== images) {
    throw expected(`${images}`, 'the number of labels', labels.length);
  }
  if (maybe && maybe.length !== images) {
    throw expected(`${images}`, 'the number of maybe rows', maybe.length);
  }
  for (const [index, row] of probabilities.entries()) {
    checkRow(row, `the probabilities of image ${index}`);
    const label = labels[index] as number;
    if (!Number.isInteger(label) || label < 0 || label >= row.length) {
      throw expected(`a class from 0 to ${row.length - 1}`, `the label of image ${index}`, label);
    }
  }
}

function checkRow(row: ArrayLike<number>, name: string): void {
  const bad = nonFiniteIndex(row);
  if (bad >= 0) {
    throw expected('finite numbers', name, `${row[bad]} for class ${bad}`);
  }
  if (row.length === 0) {
    throw missing('a number for each class', name);
  }
}
