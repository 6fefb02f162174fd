/** The columns of a table of labels, and the fields of its rows, each refused by its place where it does not fit. */
import path from 'node:path';
import { expected, InvalidInputError } from '../../../errors.js';
import { nearest } from '../../../near-miss.js';
import { numberColumns } from '../../boxes/fields.js';
import { isInside } from '../../files/folders.js';
import type { Labels } from '../../types.js';
import { type Label, labelFrom, labelFromText } from '../label.js';
import { splitNames } from '../names.js';
import type { TableRecord } from './records.js';

/** Names of columns that a user gives; where one is left out, it is looked for under the names that people use. */
export interface ColumnNames {
  /** Of the images' paths, which start from the folder of the table. */
  path?: string | undefined;
  /** Of the labels; several are several tasks, called like their columns. */
  label?: string | readonly string[] | undefined;
  /** Of lists of labels; each column is a task of any number of labels. Without it, they are looked for where no label is. */
  labels?: string | readonly string[] | undefined;
  /** Of the words for training and validation. */
  split?: string | undefined;
  /** Of what the images show, such as a person or a product: its images are all in one split and in one fold. */
  group?: string | undefined;
  /** Of the part of each image to look at: `x0 y0 x1 y1`, or an array of JSON. */
  box?: string | undefined;
}

export interface LabelColumn {
  name: string;
  column: number;
  /** Whether its fields have one label or a list. */
  labels: Labels;
}

/** Where the columns are, from 0; other columns are not read. */
export interface Columns {
  path: number;
  /** The column of each task, whose name it has if there are several. */
  labels: LabelColumn[];
  split: number | undefined;
  group: number | undefined;
  /** One of whole boxes, or four of their numbers. */
  box: readonly number[] | undefined;
  /** How many there are. */
  all: number;
}

/** What people call the columns, in lower case; where a table has several of one kind, the first in this list is used. */
const usualNames = {
  path: ['path', 'file', 'filename', 'filepath', 'file_name', 'file_path', 'image', 'image_path'],
  label: ['label', 'class', 'category', 'target'],
  labels: ['labels', 'tags'],
  split: ['split'],
  group: ['group'],
  box: ['box'],
};

/** The name that a header, in lower case, has for a column; undefined where it has none. */
export const columnName = (
  header: readonly string[],
  column: keyof typeof usualNames,
): string | undefined => usualNames[column].find((name) => header.includes(name));

/**
 * The columns of a table by its header.
 *
 * @throws InvalidInputError for a header without a path or a label, for two columns of one name, and for a given name that it lacks
 */
export function columnsOf(header: TableRecord, given: ColumnNames = {}): Columns {
  const names = header.fields.map((field) => String(field).trim().toLowerCase());
  const columnOf = (kind: keyof typeof usualNames, chosen: string | undefined) => {
    const name = chosen?.toLowerCase() ?? columnName(names, kind);
    if (chosen !== undefined && !names.includes(chosen.toLowerCase())) {
      const meant = nearest(chosen, header.fields.map(String));
      const remedy = meant ? `Did you mean ${meant}?` : `It has ${header.fields.join(', ')}`;
      throw expected(`a column of ${header.at(0)}`, `columns ${kind}`, chosen, remedy);
    }
    const [first, second] = names.flatMap((each, index) => (each === name ? [index] : []));
    if (second !== undefined) {
      throw expected(`one column ${name}`, header.at(second), header.fields.join(','));
    }
    return first;
  };
  const labels = labelColumns(given, (kind, chosen) => {
    const column = columnOf(kind, chosen);
    const name = String(header.fields[column ?? -1]).trim();
    return column === undefined ? [] : [{ name, column, labels: kind === 'label' ? 'one' : 'any' }];
  });
  const repeated = labels.find(
    ({ column }, i) => labels.findIndex((each) => each.column === column) < i,
  );
  if (repeated !== undefined) {
    throw expected('each column once', 'columns of labels', repeated.name);
  }
  const own = columnOf('path', given.path);
  if (own === undefined || labels.length === 0) {
    const remedy = columnsRemedy(names);
    throw expected(
      'a header line with path and label',
      header.at(0),
      header.fields.join(','),
      remedy,
    );
  }
  const [split, group] = [columnOf('split', given.split), columnOf('group', given.group)];
  const whole = columnOf('box', given.box);
  const box = whole === undefined ? numberColumns(names) : [whole];
  return { path: own, labels, split, group, box, all: names.length };
}

/** The columns that are named, or else the usual ones: those of lists where no other is. */
function labelColumns(
  { label, labels }: ColumnNames,
  columnFor: (kind: 'label' | 'labels', name?: string) => LabelColumn[],
): LabelColumn[] {
  const named = [
    ...[label ?? []].flat().flatMap((name) => columnFor('label', name)),
    ...[labels ?? []].flat().flatMap((name) => columnFor('labels', name)),
  ];
  const [found] = [named, columnFor('label')].filter(({ length }) => length > 0);
  return found ?? columnFor('labels');
}

const oneOf = (names: readonly string[]) =>
  new Intl.ListFormat('en', { type: 'disjunction' }).format(names);

function columnsRemedy(names: readonly string[]): string {
  const [only = ''] = names.length === 1 ? names : [];
  return /[;\t|]/.test(only)
    ? 'Separate the columns by commas, in a file called .csv'
    : `Name the columns in the first line, ${oneOf(usualNames.path)} for the images, ${oneOf(usualNames.label)} for the classes or ${oneOf(usualNames.labels)} for lists of them, or say their names by --columns; paths start from the folder of the file`;
}

export function checkLength({ fields, at }: TableRecord, { all }: Pick<Columns, 'all'>): void {
  if (fields.length !== all) {
    const remedy = 'Put a field with a comma in it into quotes, and end no line with a comma';
    throw expected(`${all} fields, as the header has,`, at(0), fields.join(','), remedy);
  }
}

export function imagePath({ fields, at }: TableRecord, column: number): string {
  const given = fields[column] ?? '';
  const elsewhere = typeof given === 'string' && /^[a-z][a-z\d+.-]*:[\\/]/i.test(given);
  if (typeof given !== 'string' || elsewhere || !isInside(given)) {
    const remedy = /^\w{2,}:/.test(String(given))
      ? 'Download the image into that folder, and write its path'
      : 'Write it relative to that folder, or remove the row';
    throw expected("a path inside the table's folder", at(column), given, remedy);
  }
  return path.posix.normalize(given);
}

export function labelIn({ fields, isText, at }: TableRecord, column: number): Label | undefined {
  const field = fields[column];
  const value = typeof field === 'string' ? field.trim() || undefined : field;
  try {
    return isText ? labelFromText(value) : labelFrom(value);
  } catch (cause) {
    throw new InvalidInputError(`${at(column)} ${(cause as Error).message}`, { cause });
  }
}

/** The word for a split, in lower case; undefined where there is none. */
export function splitWord(record: TableRecord, column: number | undefined): string | undefined {
  const word = wordIn(record, column)?.toLowerCase();
  const known = [...splitNames.train, ...splitNames.validation];
  if (column !== undefined && word !== undefined && !known.includes(word)) {
    const what = `one of ${known.join(', ')}, or nothing`;
    throw expected(what, record.at(column), record.fields[column]);
  }
  return word;
}

/** The text or number of a field; undefined where it is empty. */
export function wordIn(
  { fields, at }: TableRecord,
  column: number | undefined,
): string | undefined {
  const field = column === undefined ? undefined : fields[column];
  if (column !== undefined && typeof field === 'object' && field !== null) {
    throw expected('text or a number', at(column), field);
  }
  return String(field ?? '').trim() || undefined;
}
