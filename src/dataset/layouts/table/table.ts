/** The layout of a table of labels, CSV or JSON lines: columns for path and label and, optionally, split, group and box. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expected, missing } from '../../../errors.js';
import { fileStamp } from '../../file-stamp.js';
import { firstOf } from '../../files/csv.js';
import { filesIn } from '../../files/folders.js';
import type { Labelled, Source, Task } from '../../types.js';
import { classesOf, readClassNames } from '../class-names.js';
import type { Layout, ReadOptions } from '../layout.js';
import { unnamedFolders } from '../left-alone.js';
import { leftOut, taskOfFolder } from '../names.js';
import { type ColumnNames, columnName, columnsOf, type LabelColumn } from './columns.js';
import { memberIn, membersOf } from './members.js';
import { readRecords, tablePattern } from './records.js';
import { type GivenRow, givenSplits, type Rows, readRows } from './rows.js';

export const table: Layout<'table'> = {
  name: 'table',
  form: 'a table (*.csv, *.jsonl) with the columns path and label',
  packed: false,
  file: tablePattern,
  looksLike: async (folder, columns) => (await labelFilesIn(folder, columns)).length > 0,
  hint,
  read,
};

/** The tables in `folder` itself that are of labels; all where their columns were named. */
async function labelFilesIn(folder: string, columns?: ColumnNames): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await filesIn(folder)).filter((each) => tablePattern.test(each))) {
    if (columns !== undefined) {
      found.push(name);
      continue;
    }
    const [header, first] = await firstOf(readRecords(path.join(folder, name)), 2);
    const names = (header?.fields ?? []).map((each) => String(each).trim().toLowerCase());
    if (isLabelTable(names) || (await namesFile(folder, names, first?.fields ?? []))) {
      found.push(name);
    }
  }
  return found;
}

/** Whether a header has the very names of the columns: other tables of images have other names. */
const isLabelTable = (names: readonly string[]): boolean =>
  names.includes('path') && names.includes('label');

/** Whether a table with columns of other names is one of labels: its first row then names a file. */
async function namesFile(
  folder: string,
  names: readonly string[],
  row: readonly unknown[],
): Promise<boolean> {
  const column = columnName(names, 'path');
  const file = column && row[names.indexOf(column)];
  const label = columnName(names, 'label') ?? columnName(names, 'labels');
  if (typeof file !== 'string' || file === '' || label === undefined) {
    return false;
  }
  return (await fileStamp(path.join(folder, memberIn(file)?.shard ?? file))) !== undefined;
}

/** What the first table lacks to be read. */
async function hint(folder: string): Promise<string | undefined> {
  const name = (await filesIn(folder)).find((each) => /\.([ct]sv|jsonl|ndjson)$/i.test(each));
  if (name === undefined) {
    return undefined;
  }
  try {
    for await (const record of readRecords(path.join(folder, name))) {
      columnsOf(record);
      const remedy = 'paths start from the folder of the table';
      return `The first image that ${name} names is not there: ${remedy}`;
    }
  } catch (error) {
    return (error as Error).message;
  }
  return `${name} is empty`;
}

/** With several, none is better than the others; without them, its folders might be taken for classes. */
async function onlyFileIn(folder: string, columns: ColumnNames | undefined): Promise<string> {
  const [first = '', ...others] = await labelFilesIn(folder, columns);
  if (others.length > 0) {
    const received = [first, ...others].join(', ');
    const what = 'one table with the columns path and label';
    throw expected(what, folder, received, 'Name one of them as the source');
  }
  return path.join(folder, first);
}

/**
 * The labelled images of a table, or of the one in a folder. Labels are class numbers or class names; classnames.txt beside the
 * file, where it exists, names the numbers of a single task. Several columns of labels are several tasks, and an image has no label
 * of a task where its field is empty. A column of lists is a task of any number of labels: an image of an empty list shows none of
 * its classes, and a list of unknown labels is `?` in CSV and null in JSON lines. Rows without any label are left out, and so are
 * those of a second validation split. A path may lead into a tar file beside the table, whose images are read in place. The seed
 * splits rows without a split, and all rows where all are in the same one.
 *
 * @throws InvalidInputError with file, line and column, for a header or a row that does not fit.
 */
async function read(source: string, { columns, onProgress }: ReadOptions): Promise<Source> {
  const named = (await stat(source)).isFile();
  const file = named ? source : await onlyFileIn(source, columns);
  const root = path.dirname(file);
  const rows = await readRows(file, columns);
  const { given, warnings } = givenSplits(rows.rows);
  if (given.length === 0) {
    throw missing('rows with a label', file);
  }
  const own = await readClassNames(root);
  const [only, ...others] = rows.tasks as [LabelColumn, ...LabelColumn[]];
  const parts =
    others.length === 0
      ? [labelledOf(given, { task: taskOfFolder(root), column: only, file }, own)]
      : rows.tasks.map((column) =>
          labelledOf(given, { task: taskName(column.name), column, file }),
        );
  const labelled = parts.flatMap((part) => part.labelled);
  const members = await membersOf(root, given, onProgress);
  for (const image of labelled) {
    Object.assign(image, members.get(image.path));
  }
  warnings.push(...rowWarnings(rows), ...listWarnings(rows, given));
  if (!named) {
    warnings.push(...(await unnamedFolders(root, rows.rows)));
  }
  return {
    root,
    tasks: parts.map(({ task }) => task),
    labelled,
    questions: [],
    labelFiles: [path.basename(file)],
    namesTasks: others.length > 0,
    warnings,
  };
}

/** A task's name also names folders and columns. */
const taskName = (column: string): string => column.replace(/[^\w-]+/g, '-');

interface TaskColumn {
  task: string;
  column: LabelColumn;
  file: string;
}

/**
 * The images that have a label in a column, or a list, and the task of these labels.
 *
 * @throws InvalidInputError where all lists are empty
 */
function labelledOf(
  given: readonly GivenRow[],
  { task: name, column, file }: TaskColumn,
  own?: string[],
): { task: Task; labelled: Labelled[] } {
  const placed = given.flatMap((row) => {
    const labels = row.labels.get(column.name);
    return labels === undefined ? [] : [{ ...row, labels }];
  });
  const isList = column.labels === 'any';
  const all = placed.flatMap(({ labels }) => labels);
  if (isList && all.length === 0) {
    throw missing('one label or more', `column ${column.name} of ${file}`);
  }
  const classes = classesOf(all, own);
  const labelled = placed.map(({ path: image, labels, split, group, box, origin }): Labelled => {
    const numbers = labels.map(({ label }) => classes.indexOf(label));
    const answer = isList
      ? { label: -1, labels: ascending(numbers) }
      : { label: numbers[0] as number };
    const placed = { path: image, task: name, ...answer, maybe: [], origin };
    return {
      ...placed,
      given: split,
      ...(group !== undefined && { group }),
      ...(box !== undefined && { givenBox: box }),
    };
  });
  return { task: { name, classes: classes.names, ...(isList && { labels: 'any' }) }, labelled };
}

/** Each number once. */
const ascending = (numbers: readonly number[]): number[] =>
  [...new Set(numbers)].sort((a, b) => a - b);

/** Warnings about lists that may be meant as single labels, which a network answers better where classes exclude each other. */
const listWarnings = ({ tasks }: Rows, given: readonly GivenRow[]): string[] =>
  tasks
    .filter(
      ({ name, labels }) =>
        labels === 'any' && given.every((row) => (row.labels.get(name)?.length ?? 1) === 1),
    )
    .map(
      ({ name }) =>
        `Each list of ${name} has one label: if its classes exclude each other, read them by --columns label=${name}.`,
    );

const rowWarnings = ({ unlabelled, padded }: Rows): string[] => [
  ...leftOut(unlabelled, 'row without a label is left out', 'rows without a label are left out'),
  ...leftOut(
    padded,
    'label is read as a class number, without the zeros in front',
    'labels are read as class numbers, without the zeros in front',
  ),
];
