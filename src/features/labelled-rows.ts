/** Rows of features with their classes: what a probe and neighbours are given, and its checks. */
import { type Kind, list, type ShapeOf } from '../arguments.js';
import { expected } from '../errors.js';
import { nonFiniteIndex } from '../finite.js';

export interface LabelledRows {
  /** [images, columns], as `extractFeatures` gives them, of one view each or of several images. */
  rows: Float32Array;
  columns: number;
  /** The class of each row, from 0. */
  labels: ArrayLike<number>;
  /** Number of classes. */
  classes: number;
}

export const floats: Kind = {
  what: 'a Float32Array',
  accepts: (value) => value instanceof Float32Array,
};

const count: Kind = {
  what: 'an integer of at least 1',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
};

export const labelledShape = {
  rows: floats,
  columns: count,
  labels: list('a list of numbers'),
  classes: count,
} satisfies ShapeOf<LabelledRows>;

/** @throws InvalidInputError when there are no rows, lengths do not fit, a label is no class or a number is not finite */
export function checkLabelled({ rows, columns, labels, classes }: LabelledRows): void {
  const wanted = labels.length * columns;
  if (labels.length === 0 || rows.length !== wanted) {
    throw expected(`${columns} numbers for each of one label or more`, 'rows', rows.length);
  }
  const isClass = (label: number) => Number.isInteger(label) && label >= 0 && label < classes;
  for (let row = 0; row < labels.length; row++) {
    if (!isClass(labels[row] as number)) {
      throw expected(`an integer from 0 to ${classes - 1}`, `labels[${row}]`, labels[row]);
    }
  }
  checkRows('rows', rows, columns);
}

/** @throws InvalidInputError when the last row is not whole or a number is not finite */
export function checkRows(name: string, rows: Float32Array, columns: number): void {
  if (rows.length % columns !== 0) {
    throw expected(`rows of ${columns} numbers`, name, rows.length);
  }
  const bad = nonFiniteIndex(rows);
  if (bad >= 0) {
    throw expected('a finite number', `${name}[${bad}]`, rows[bad]);
  }
}
