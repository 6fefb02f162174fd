/** The rows of a submission: their cells by the columns of its form, and what makes their probabilities right. */
import { csvLine } from '../csv-line.js';
import type { Question } from '../dataset/index.js';
import { conflict, InvalidInputError } from '../errors.js';
import type { ColumnValue, SubmissionForm } from './forms/form.js';

/** Between the probabilities of one cell. */
export const betweenProbabilities = ';';

/** The smallest distance of a row's sum from 1 that is a fault: the rounding of float32 over many classes. */
const sumTolerance = 1e-4;

/** What one cell of a row has. */
export interface Cell {
  value: ColumnValue;
  /** In the header. */
  name: string;
  /** The number of the class whose probability it is. */
  label?: number;
}

/** The cells of each row, in order, for a task of `classes`. */
export const cellsOf = ({ columns }: SubmissionForm, classes: readonly string[]): Cell[] =>
  columns.flatMap(({ value, name = '' }): Cell[] =>
    value === 'probability'
      ? classes.map((each, label) => ({ value, name: each, label }))
      : [{ value, name }],
  );

/**
 * Refuses questions of tasks that a form has no place for: without a column `task`, it answers one.
 *
 * @throws InvalidInputError naming the tasks
 */
export function checkTasks(
  { columns }: SubmissionForm,
  questions: readonly Pick<Question, 'task'>[],
): void {
  const tasks = [...new Set(questions.map(({ task }) => task))];
  const has = (value: ColumnValue) => columns.some((column) => column.value === value);
  if (tasks.length > 1 && (!has('task') || has('probability'))) {
    const why = has('task')
      ? 'A column for each class fits the classes of one task'
      : 'It has no column task';
    throw conflict('The form of the submission', `the tasks ${tasks.join(', ')}`, why);
  }
}

/** Largest distance of a row's sum from 1: that of float32, or of as many rounded decimals. */
const toleranceOf = (classes: number, decimals: number): number =>
  Math.max(sumTolerance, classes * 0.5 * 10 ** -decimals);

/** The fault of a row of probabilities; undefined if it has `classes` numbers in 0 … 1 that sum to 1. */
export function probabilityFault(
  row: ArrayLike<number>,
  classes: number,
  decimals: number,
): string | undefined {
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
  if (Math.abs(sum - 1) <= toleranceOf(classes, decimals)) {
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

/** The first line of a table that has a header, without its line end. */
export const headerLine = (form: SubmissionForm, classes: readonly string[]): string =>
  csvLine(
    cellsOf(form, classes).map(({ name }) => name),
    form.separator,
  );

/** A question and its answer. */
export interface Row {
  image: string;
  task: string;
  classes: readonly string[];
  /** Of each class. */
  probabilities: ArrayLike<number>;
}

/** The line of one question, without its line end. */
export function lineOf(form: SubmissionForm, row: Row): string {
  const { separator, decimals } = form;
  const written = (value: number | undefined) => (value as number).toFixed(decimals);
  const texts: Record<ColumnValue, (label: number) => string> = {
    image: () => row.image,
    task: () => row.task,
    class: () => row.classes[topOf(row.probabilities)] as string,
    probabilities: () => Array.from(row.probabilities, written).join(betweenProbabilities),
    probability: (label) => written(row.probabilities[label]),
  };
  return csvLine(
    cellsOf(form, row.classes).map(({ value, label = 0 }) => texts[value](label)),
    separator,
  );
}

/** The number of the largest value; of equal ones the first. */
function topOf(values: ArrayLike<number>): number {
  let top = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] as number) > (values[top] as number)) {
      top = index;
    }
  }
  return top;
}
