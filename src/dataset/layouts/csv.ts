/** The layout of a CSV file with a header line: the columns `path`, `label` and, optionally, `split`. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expected, missing } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import { firstRows, readCsv } from '../files/csv.js';
import { filesIn } from '../files/folders.js';
import type { Labelled, Source, Split } from '../types.js';
import { classesOf, type PlacedLabel, readClassNames } from './class-names.js';
import {
  type Columns,
  checkLength,
  columnName,
  columnsOf,
  imagePath,
  labelIn,
  splitWord,
} from './csv-row.js';
import type { Layout } from './layout.js';
import { unnamedFolders } from './left-alone.js';
import { leftOut, splitNames, taskOfFolder } from './names.js';

const filePattern = /\.csv$/i;

export const csv: Layout<'CSV'> = {
  name: 'CSV',
  form: 'a CSV file with the columns path and label',
  packed: false,
  file: filePattern,
  looksLike: async (folder) => (await labelFilesIn(folder)).length > 0,
  hint,
  read,
};

interface Row extends PlacedLabel {
  /** Relative to the CSV file's folder. */
  path: string;
  /** In lower case; undefined where the field is empty. */
  split?: string;
  origin: string;
}

/** The CSV files in `folder` itself that are tables of labels. */
async function labelFilesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await filesIn(folder)).filter((each) => filePattern.test(each))) {
    const [header = [], first = []] = await firstRows(path.join(folder, name), 2);
    if (isLabelTable(header) || (await namesFile(folder, header, first))) {
      found.push(name);
    }
  }
  return found;
}

/** Whether a header has the very names of the columns: other tables of images have other names. */
function isLabelTable(header: readonly string[]): boolean {
  const names = header.map((name) => name.toLowerCase());
  return names.includes('path') && names.includes('label');
}

/** Whether a table with columns of other names is one of labels: its first row then names a file. */
async function namesFile(
  folder: string,
  header: readonly string[],
  row: readonly string[],
): Promise<boolean> {
  const names = header.map((name) => name.toLowerCase());
  const column = columnName(names, 'path');
  const file = column && row[names.indexOf(column)];
  if (!file || columnName(names, 'label') === undefined) {
    return false;
  }
  return (await fileStamp(path.join(folder, file))) !== undefined;
}

/** What the first table lacks to be read. */
async function hint(folder: string): Promise<string | undefined> {
  const name = (await filesIn(folder)).find((each) => /\.[ct]sv$/i.test(each));
  if (name === undefined) {
    return undefined;
  }
  try {
    for await (const record of readCsv(path.join(folder, name), { trim: true })) {
      columnsOf(record);
      const remedy = 'paths start from the folder of the CSV file';
      return `The first image that ${name} names is not there: ${remedy}`;
    }
  } catch (error) {
    return (error as Error).message;
  }
  return `${name} is empty`;
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
  const named = (await stat(source)).isFile();
  const file = named ? source : await onlyFileIn(source);
  const root = path.dirname(file);
  const { rows, unlabelled, padded } = await readRows(file);
  checkRepeats(rows);
  const { given, warnings } = givenSplits(rows);
  const classes = classesOf([...given.keys()], await readClassNames(root));
  const task = taskOfFolder(root);
  const labelled = [...given].map(([row, split]): Labelled => {
    const label = classes.indexOf(row.label);
    return { path: row.path, task, label, maybe: [], given: split, origin: row.origin };
  });
  if (labelled.length === 0) {
    throw missing('rows with a label', file);
  }
  const tasks = [{ name: task, classes: classes.names }];
  warnings.push(
    ...leftOut(unlabelled, 'row without a label is left out', 'rows without a label are left out'),
    ...leftOut(
      padded,
      'label is read as a class number, without the zeros in front',
      'labels are read as class numbers, without the zeros in front',
    ),
  );
  if (!named) {
    warnings.push(...(await unnamedFolders(root, rows)));
  }
  const labelFiles = [path.basename(file)];
  return { root, tasks, labelled, questions: [], labelFiles, warnings };
}

interface Rows {
  /** Those that have a label. */
  rows: Row[];
  /** Places of the others. */
  unlabelled: string[];
  /** Places of labels such as 007. */
  padded: string[];
}

async function readRows(file: string): Promise<Rows> {
  const rows: Row[] = [];
  const unlabelled: string[] = [];
  const padded: string[] = [];
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
    if (/^0\d+$/.test(record.fields[columns.label]?.trim() ?? '')) {
      padded.push(place);
    }
  }
  if (columns === undefined) {
    throw expected('a header line with path and label', `${file}:1`, '');
  }
  return { rows, unlabelled, padded };
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
  const why = `because ${validation} is used for validation`;
  const warnings = leftOut(left, `row is left out, ${why}`, `rows are left out, ${why}`);
  const [only, ...others] = new Set(given.values());
  if (only !== undefined && others.length === 0) {
    warnings.push(`All labelled rows are in ${only}: the seed splits them.`);
    return { given: new Map([...given.keys()].map((row) => [row, undefined])), warnings };
  }
  return { given, warnings };
}
