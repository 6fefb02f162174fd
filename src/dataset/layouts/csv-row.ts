/** The header of a CSV file of labels and the fields of its rows, each refused by its place where it does not fit. */
import path from 'node:path';
import { expected, InvalidInputError } from '../../errors.js';
import type { CsvRecord } from '../files/csv.js';
import { isInside } from '../files/folders.js';
import { type Label, labelFromText } from './label.js';
import { splitNames } from './names.js';

/** Where the columns are, from 0; other columns are not read. */
export interface Columns {
  path: number;
  label: number;
  split?: number;
  /** How many there are. */
  all: number;
}

/** What people call the columns, in lower case; where a table has several of one kind, the first in this list is used. */
const columnNames = {
  path: ['path', 'file', 'filename', 'filepath', 'file_name', 'file_path', 'image', 'image_path'],
  label: ['label', 'class', 'category', 'target'],
  split: ['split'],
};

/** The name that a header, in lower case, has for a column; undefined where it has none. */
export const columnName = (
  header: readonly string[],
  column: keyof typeof columnNames,
): string | undefined => columnNames[column].find((name) => header.includes(name));

export function columnsOf({ fields, at }: CsvRecord): Columns {
  const names = fields.map((field) => field.trim().toLowerCase());
  const column = (kind: keyof typeof columnNames) => {
    const name = columnName(names, kind);
    const [first, second] = names.flatMap((each, index) => (each === name ? [index] : []));
    if (second !== undefined) {
      throw expected(`one column ${name}`, at(second), fields.join(','));
    }
    return first;
  };
  const found = { path: column('path'), label: column('label'), split: column('split') };
  if (found.path === undefined || found.label === undefined) {
    const remedy = columnsRemedy(names);
    throw expected('a header line with path and label', at(0), fields.join(','), remedy);
  }
  return { ...found, path: found.path, label: found.label, all: fields.length };
}

const oneOf = (names: readonly string[]) =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(names);

function columnsRemedy(names: readonly string[]): string {
  const [only = ''] = names.length === 1 ? names : [];
  return /[;\t|]/.test(only)
    ? 'Separate the columns by commas, in a file called .csv'
    : `Name the columns in the first line, ${oneOf(columnNames.path)} for the images and ${oneOf(columnNames.label)} for the classes; paths start from the folder of the file`;
}

export function checkLength({ fields, at }: CsvRecord, { all }: Columns): void {
  if (fields.length !== all) {
    const remedy = 'Put a field with a comma in it into quotes, and end no line with a comma';
    throw expected(`${all} fields, as the header has,`, at(0), fields.join(','), remedy);
  }
}

export function imagePath({ fields, at }: CsvRecord, column: number): string {
  const given = fields[column] ?? '';
  const elsewhere = /^[a-z][a-z\d+.-]*:[\\/]/i.test(given);
  if (elsewhere || !isInside(given)) {
    const remedy = /^\w{2,}:/.test(given)
      ? 'Download the image into that folder, and write its path'
      : 'Write it relative to that folder, or remove the row';
    throw expected("a path inside the CSV file's folder", at(column), given, remedy);
  }
  return path.posix.normalize(given);
}

export function labelIn({ fields, at }: CsvRecord, column: number): Label | undefined {
  try {
    return labelFromText(fields[column]?.trim() || undefined);
  } catch (cause) {
    throw new InvalidInputError(`${at(column)} ${(cause as Error).message}`, { cause });
  }
}

export function splitWord(
  { fields, at }: CsvRecord,
  column: number | undefined,
): string | undefined {
  const given = column === undefined ? '' : (fields[column]?.trim() ?? '');
  const word = given.toLowerCase();
  const known = [...splitNames.train, ...splitNames.validation];
  if (column !== undefined && word !== '' && !known.includes(word)) {
    throw expected(`one of ${known.join(', ')}, or nothing`, at(column), given);
  }
  return word === '' ? undefined : word;
}
