/** The rows of a table of labels, and the splits that they name. */
import { expected } from '../../../errors.js';
import type { Split } from '../../types.js';
import type { PlacedLabel } from '../class-names.js';
import { leftOut, splitNames } from '../names.js';
import {
  type ColumnNames,
  type Columns,
  checkLength,
  columnsOf,
  imagePath,
  labelIn,
  splitWord,
  wordIn,
} from './columns.js';
import { readRecords, type TableRecord } from './records.js';

export interface Row {
  /** Relative to the table's folder. */
  path: string;
  /** By the names of their columns; a task for which the image has no label is absent. */
  labels: Map<string, PlacedLabel>;
  /** In lower case; undefined where the field is empty. */
  split: string | undefined;
  group: string | undefined;
  origin: string;
}

export interface Rows {
  /** The columns of labels. */
  tasks: string[];
  /** Those that have a label. */
  rows: Row[];
  /** Places of the others. */
  unlabelled: string[];
  /** Places of labels such as 007. */
  padded: string[];
}

/** @throws InvalidInputError with the place of a header or a field that does not fit, and of a row that contradicts another */
export async function readRows(file: string, names: ColumnNames | undefined): Promise<Rows> {
  const found: Rows = { tasks: [], rows: [], unlabelled: [], padded: [] };
  let columns: Columns | undefined;
  for await (const record of readRecords(file)) {
    if (columns === undefined) {
      columns = columnsOf(record, names);
      found.tasks = columns.labels.map(({ name }) => name);
      continue;
    }
    checkLength(record, columns);
    addRow(found, record, columns);
  }
  if (columns === undefined) {
    throw expected('a header line with path and label', `${file}:1`, '');
  }
  checkRepeats(found.rows);
  return found;
}

function addRow({ rows, unlabelled, padded }: Rows, record: TableRecord, columns: Columns): void {
  const row: Row = {
    path: imagePath(record, columns.path),
    labels: new Map(),
    split: splitWord(record, columns.split),
    group: wordIn(record, columns.group),
    origin: record.at(columns.path),
  };
  for (const { name, column } of columns.labels) {
    const label = labelIn(record, column);
    const place = record.at(column);
    if (label !== undefined) {
      row.labels.set(name, { label, place });
    }
    if (record.isText && /^0\d+$/.test(String(record.fields[column]).trim())) {
      padded.push(place);
    }
  }
  if (row.labels.size === 0) {
    unlabelled.push(row.origin);
  } else {
    rows.push(row);
  }
}

/** Two rows of the same image must agree; where they do, `prepare` counts the second one as a repeat. */
function checkRepeats(rows: readonly Row[]): void {
  const first = new Map<string, PlacedLabel>();
  for (const { path, labels } of rows) {
    for (const [task, label] of labels) {
      const key = JSON.stringify([path, task]);
      const earlier = first.get(key) ?? label;
      if (earlier.label !== label.label) {
        const remedy = `An image has one label: correct or remove one of the two rows of ${path}`;
        throw expected(
          `${earlier.label}, as at ${earlier.place},`,
          label.place,
          label.label,
          remedy,
        );
      }
      first.set(key, earlier);
    }
  }
}

/** A row with the split that it is given; undefined where the seed decides. */
export type GivenRow = Omit<Row, 'split'> & { split: Split | undefined };

/** The rows to be used. */
export function givenSplits(rows: readonly Row[]): { given: GivenRow[]; warnings: string[] } {
  const words = new Set(rows.map(({ split }) => split));
  const validation = splitNames.validation.find((word) => words.has(word));
  const given: GivenRow[] = [];
  const left: string[] = [];
  for (const row of rows) {
    const { split: word } = row;
    if (word === undefined) {
      given.push({ ...row, split: undefined });
    } else if (splitNames.train.includes(word)) {
      given.push({ ...row, split: 'train' });
    } else if (word === validation) {
      given.push({ ...row, split: 'validation' });
    } else {
      left.push(row.origin);
    }
  }
  const why = `because ${validation} is used for validation`;
  const warnings = leftOut(left, `row is left out, ${why}`, `rows are left out, ${why}`);
  const [only, ...others] = new Set(given.map(({ split }) => split));
  if (only !== undefined && others.length === 0) {
    warnings.push(`All labelled rows are in ${only}: the seed splits them.`);
    return { given: given.map((row) => ({ ...row, split: undefined })), warnings };
  }
  return { given, warnings };
}
