/** The layout of a CSV file with a header line: the columns `path`, `label` and, optionally, `split`. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { expected, InvalidInputError } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { type CsvRecord, headerOf, readCsv } from '../files/csv.js';
import { isHidden, isInside } from '../files/folders.js';
import type { Labelled, Source, Split } from '../types.js';
import { classesOf, type PlacedLabel, readClassNames } from './class-names.js';
import { type Label, labelFromText } from './label.js';
import type { Layout } from './layout.js';
import { leftOut, splitNames, taskOfFolder } from './names.js';

const filePattern = /\.csv$/i;

export const csv: Layout<'CSV'> = {
  name: 'CSV',
  form: 'a CSV file with the columns path and label',
  packed: false,
  file: filePattern,
  looksLike: async (folder) => (await labelFilesIn(folder)).length > 0,
  read,
};

/** Where the columns are, from 0; other columns are not read. */
interface Columns {
  path: number;
  label: number;
  split?: number;
  /** How many there are. */
  all: number;
}

interface Row extends PlacedLabel {
  /** Relative to the CSV file's folder. */
  path: string;
  /** In lower case; undefined where the field is empty. */
  split?: string;
  origin: string;
}

/** The CSV files in `folder` itself whose header has the columns. */
async function labelFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const found: string[] = [];
  for (const name of names.filter((each) => filePattern.test(each) && !isHidden(each))) {
    const header = await headerOf(path.join(folder, name));
    if (header.includes('path') && header.includes('label')) {
      found.push(name);
    }
  }
  return found.sort(byCodeUnit);
}

/** With several, none is better than the others; without them, its folders might be taken for classes. */
async function onlyFileIn(folder: string): Promise<string> {
  const [first = '', ...others] = await labelFilesIn(folder);
  if (others.length > 0) {
    const received = [first, ...others].join(', ');
    throw expected(
      'one CSV file with the columns path and label',
      folder,
      received,
      'Name one of them as the source',
    );
  }
  return path.join(folder, first);
}

/**
 * The labelled images of a CSV file, or of the one in a folder. Labels are class numbers or class names; classnames.txt beside
 * the file, where it exists, names the numbers. Rows without a label are left out, and so are those of a second validation
 * split. The seed splits rows without a split, and all rows where all are in the same one.
 *
 * @throws InvalidInputError with file, line and column, for a header or a row that does not fit.
 */
async function read(source: string): Promise<Source> {
  const file = (await stat(source)).isFile() ? source : await onlyFileIn(source);
  const root = path.dirname(file);
  const { rows, unlabelled } = await readRows(file);
  checkRepeats(rows);
  const { given, warnings } = givenSplits(rows);
  const classes = classesOf([...given.keys()], await readClassNames(root));
  const task = taskOfFolder(root);
  const labelled = [...given].map(([row, split]): Labelled => {
    const label = classes.indexOf(row.label);
    return { path: row.path, task, label, maybe: [], given: split, origin: row.origin };
  });
  if (labelled.length === 0) {
    throw expected('rows with a label', file, 'none');
  }
  const tasks = [{ name: task, classes: classes.names }];
  warnings.push(...leftOut(unlabelled, 'rows without a label are left out'));
  return { root, tasks, labelled, questions: [], warnings };
}

/** The rows that have a label, and the places of the others. */
async function readRows(file: string): Promise<{ rows: Row[]; unlabelled: string[] }> {
  const rows: Row[] = [];
  const unlabelled: string[] = [];
  let columns: Columns | undefined;
  for await (const record of readCsv(file, { trim: true })) {
    if (columns === undefined) {
      columns = columnsOf(record);
      continue;
    }
    checkLength(record, columns);
    const row = { path: imagePath(record, columns.path), split: splitWord(record, columns.split) };
    const [origin, place] = [record.at(columns.path), record.at(columns.label)];
    const label = labelIn(record, columns.label);
    if (label === undefined) {
      unlabelled.push(origin);
    } else {
      rows.push({ ...row, label, place, origin });
    }
  }
  if (columns === undefined) {
    throw expected('a header line with path and label', `${file}:1`, '');
  }
  return { rows, unlabelled };
}

function columnsOf({ fields, at }: CsvRecord): Columns {
  const names = fields.map((field) => field.trim().toLowerCase());
  const column = (name: string) => {
    const index = names.indexOf(name);
    if (index !== names.lastIndexOf(name)) {
      throw expected(`one column ${name}`, at(names.lastIndexOf(name)), fields.join(','));
    }
    return index < 0 ? undefined : index;
  };
  const found = { path: column('path'), label: column('label'), split: column('split') };
  if (found.path === undefined || found.label === undefined) {
    const remedy = 'Name the columns in the first line';
    throw expected('a header line with path and label', at(0), fields.join(','), remedy);
  }
  return { ...found, path: found.path, label: found.label, all: fields.length };
}

function checkLength({ fields, at }: CsvRecord, { all }: Columns): void {
  if (fields.length !== all) {
    const remedy = 'Put a field with a comma in it into quotes';
    throw expected(`${all} fields, as the header has,`, at(0), fields.join(','), remedy);
  }
}

function imagePath({ fields, at }: CsvRecord, column: number): string {
  const given = fields[column] ?? '';
  if (!isInside(given)) {
    const remedy = 'Write it relative to that folder, or remove the row';
    throw expected("a path inside the CSV file's folder", at(column), given, remedy);
  }
  return path.posix.normalize(given);
}

function labelIn({ fields, at }: CsvRecord, column: number): Label | undefined {
  try {
    return labelFromText(fields[column]?.trim() || undefined);
  } catch (cause) {
    throw new InvalidInputError(`${at(column)} ${(cause as Error).message}`, { cause });
  }
}

function splitWord({ fields, at }: CsvRecord, column: number | undefined): string | undefined {
  const given = column === undefined ? '' : (fields[column]?.trim() ?? '');
  const word = given.toLowerCase();
  const known = [...splitNames.train, ...splitNames.validation];
  if (column !== undefined && word !== '' && !known.includes(word)) {
    throw expected(`one of ${known.join(', ')}, or nothing`, at(column), given);
  }
  return word === '' ? undefined : word;
}

/** Two rows of the same image must agree; where they do, `prepare` counts the second one as a repeat. */
function checkRepeats(rows: readonly Row[]): void {
  const first = new Map<string, Row>();
  for (const row of rows) {
    const earlier = first.get(row.path) ?? row;
    if (earlier.label !== row.label) {
      const remedy = `An image has one label: correct or remove one of the two rows of ${row.path}`;
      throw expected(`${earlier.label}, as at ${earlier.place},`, row.place, row.label, remedy);
    }
    first.set(row.path, earlier);
  }
}

/** The rows to be used, with the split that each is given, or undefined where the seed decides. */
function givenSplits(rows: readonly Row[]): {
  given: Map<Row, Split | undefined>;
  warnings: string[];
} {
  const words = new Set(rows.map(({ split }) => split));
  const validation = splitNames.validation.find((word) => words.has(word));
  const given = new Map<Row, Split | undefined>();
  const left: string[] = [];
  for (const row of rows) {
    if (row.split === undefined) {
      given.set(row, undefined);
    } else if (splitNames.train.includes(row.split)) {
      given.set(row, 'train');
    } else if (row.split === validation) {
      given.set(row, 'validation');
    } else {
      left.push(row.origin);
    }
  }
  const warnings = leftOut(left, `rows are left out, because ${validation} is used for validation`);
  const [only, ...others] = new Set(given.values());
  if (only !== undefined && others.length === 0) {
    warnings.push(`All labelled rows are in ${only}: the seed splits them.`);
    return { given: new Map([...given.keys()].map((row) => [row, undefined])), warnings };
  }
  return { given, warnings };
}
