/** The box in a row of a table: in one column, or in one for each of its numbers. */
import { expected } from '../../errors.js';
import type { TableRecord } from '../layouts/table/records.js';
import { type Box, farthest, isRectangle } from './box.js';

/** A box as a source gives it, in the source's unit. */
export interface GivenBox {
  numbers: Box;
  /** Where it stands, for messages. */
  place: string;
}

const names = ['x0', 'y0', 'x1', 'y1'];

/** The columns of the four numbers by a header in lower case; undefined where it lacks one of them. */
export function numberColumns(header: readonly string[]): number[] | undefined {
  const columns = names.map((name) => header.indexOf(name));
  return columns.includes(-1) ? undefined : columns;
}

/**
 * The box in `columns`: of one column, numbers with spaces or commas between them, or an array of JSON. Undefined where nothing is
 * there.
 *
 * @throws InvalidInputError where something else is there
 */
export function boxIn(
  { fields, at }: TableRecord,
  columns: readonly number[],
): GivenBox | undefined {
  const [first = 0] = columns;
  const place = at(first);
  const given =
    columns.length === 1 ? partsOf(fields[first]) : columns.map((column) => fields[column]);
  if (given.every((part) => (part ?? '') === '')) {
    return undefined;
  }
  const numbers = given.map(numberIn);
  if (numbers.length !== names.length || !numbers.every(Number.isFinite)) {
    throw expected(`four finite numbers, ${names.join(' ')},`, place, shown(given));
  }
  if (!isRectangle(numbers)) {
    const what = `x0 below x1 and y0 below y1, from -${farthest} to ${farthest},`;
    throw expected(what, place, shown(given));
  }
  return { numbers, place };
}

const shown = (parts: readonly unknown[]): string => parts.join(' ');

/** `1 2 3 4`, `1,2,3,4` and `[1, 2, 3, 4]` have the same parts. */
function partsOf(field: unknown): readonly unknown[] {
  if (typeof field !== 'string') {
    return Array.isArray(field) ? field : [field];
  }
  return field
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(/[\s,]+/)
    .filter((part) => part !== '');
}

/** Number('') is 0. */
function numberIn(part: unknown): number {
  if (typeof part === 'string') {
    return part.trim() === '' ? Number.NaN : Number(part);
  }
  return typeof part === 'number' ? part : Number.NaN;
}
