/** One line of a submission, `path,task,p0;p1;…`, and what makes its probabilities right. */
import { csvLine } from '../csv-line.js';
import { InvalidInputError } from '../errors.js';

/** Digits after the point. */
export const decimals = 8;

/** Largest distance of a row's sum from 1: the rounding of float32 over many classes. */
export const sumTolerance = 1e-4;

/** Name of the table inside the archive. */
export const tableName = 'submission.csv';

/** The fault of a row of probabilities; undefined if it has `classes` numbers in 0 … 1 that sum to 1. */
export function probabilityFault(row: ArrayLike<number>, classes: number): string | undefined {
  if (row.length !== classes) {
    return `expected ${classes} probabilities but received ${row.length}`;
  }
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    const value = row[index] as number;
    // Written so that NaN fails as well.
    if (!(value >= 0 && value <= 1)) {
      return `expected a number from 0 to 1 for class ${index} but received ${value}`;
    }
    sum += value;
  }
  if (Math.abs(sum - 1) <= sumTolerance) {
    return undefined;
  }
  return `expected probabilities that sum to 1 but they sum to ${sum.toFixed(6)}`;
}

/** The error of a table that is larger than `limit` bytes. */
export function tooLarge(size: number, limit: number): InvalidInputError {
  return new InvalidInputError(
    `expected at most ${limit} bytes for these questions but received ${size}`,
  );
}

/** The line of one question, without its line end. */
export function submissionLine(path: string, task: string, row: ArrayLike<number>): string {
  const values = Array.from(row, (value) => value.toFixed(decimals));
  return csvLine([path, task, values.join(';')]);
}
