/** The rows of a table of labels, and the splits that they name. */
import { expected } from '../../../errors.js';
import { boxIn, type GivenBox } from '../../boxes/fields.js';
import { byCodeUnit } from '../../code-unit.js';
import type { Split } from '../../types.js';
import type { PlacedLabel } from '../class-names.js';
import { leftOut, splitNames } from '../names.js';
import {
  type ColumnNames,
  type Columns,
  checkLength,
  columnsOf,
  imagePath,
  type LabelColumn,
  labelIn,
  splitWord,
  wordIn,
} from './columns.js';
import { type ListField, labelsOfLists, listField } from './lists.js';
import { readRecords, type TableRecord } from './records.js';

export interface Row {
  /** Relative to the table's folder. */
  path: string;
  /** By the names of their columns: one label, or a list of any number; a task of which the image has none is absent. */
  labels: Map<string, PlacedLabel[]>;
  /** In lower case; undefined where the field is empty. */
  split: string | undefined;
  group: string | undefined;
  box: GivenBox | undefined;
  origin: string;
}

export interface Rows {
  /** The columns of labels. */
  tasks: LabelColumn[];
  /** Those that have a label. */
  rows: Row[];
  /** Places of the others. */
  unlabelled: string[];
  /** Places of labels such as 007. */
  padded: string[];
}

/** @throws InvalidInputError with the place of a header or a field that does not fit, and of a row that contradicts another */
export async function readRows(file: string, names: ColumnNames | undefined): Promise<Rows> {
  let found: RowCollector | undefined;
  for await (const record of readRecords(file)) {
    if (found === undefined) {
      found = new RowCollector(columnsOf(record, names));
    } else {
      found.add(record);
    }
  }
  if (found === undefined) {
    throw expected('a header line with path and label', `${file}:1`, '');
  }
  found.finish();
  checkRepeats(found);
  return found;
}

/** A list whose labels are known when all fields of its column are read. */
interface OpenList extends ListField {
  /** Empty until then. */
  labels: PlacedLabel[];
}

/** Takes the records of a table after its header. */
class RowCollector implements Rows {
  readonly tasks: LabelColumn[];
  readonly rows: Row[] = [];
  readonly unlabelled: string[] = [];
  readonly padded: string[] = [];
  private readonly lists = new Map<LabelColumn, OpenList[]>();

  constructor(private readonly columns: Columns) {
    this.tasks = columns.labels;
  }

  add(record: TableRecord): void {
    const { columns, tasks } = this;
    checkLength(record, columns);
    const row: Row = {
      path: imagePath(record, columns.path),
      labels: new Map(),
      split: splitWord(record, columns.split),
      group: wordIn(record, columns.group),
      box: columns.box && boxIn(record, columns.box),
      origin: record.at(columns.path),
    };
    for (const task of tasks) {
      const labels = task.labels === 'one' ? this.one(record, task) : this.list(record, task);
      if (labels !== undefined) {
        row.labels.set(task.name, labels);
      }
    }
    if (row.labels.size === 0) {
      this.unlabelled.push(row.origin);
    } else {
      this.rows.push(row);
    }
  }

  finish(): void {
    for (const lists of this.lists.values()) {
      for (const [index, labels] of labelsOfLists(lists).entries()) {
        lists[index]?.labels.push(...labels);
      }
    }
  }

  private one(record: TableRecord, { column }: LabelColumn): PlacedLabel[] | undefined {
    const label = labelIn(record, column);
    const place = record.at(column);
    if (record.isText && /^0\d+$/.test(String(record.fields[column]).trim())) {
      this.padded.push(place);
    }
    return label === undefined ? undefined : [{ label, place }];
  }

  private list(record: TableRecord, task: LabelColumn): PlacedLabel[] | undefined {
    const field = listField(record, task.column);
    if (field === undefined) {
      return undefined;
    }
    if (typeof field.value === 'string' && /(?:^|[|;,])\s*0\d+\s*(?:[|;,]|$)/.test(field.value)) {
      this.padded.push(field.place);
    }
    const labels: PlacedLabel[] = [];
    const lists = this.lists.get(task) ?? [];
    lists.push({ ...field, labels });
    this.lists.set(task, lists);
    return labels;
  }
}

/** Two rows of the same image must agree; where they do, `prepare` counts the second one as a repeat. */
function checkRepeats({ tasks, rows }: Rows): void {
  for (const { name, labels: kind } of tasks) {
    const rule = kind === 'one' ? 'one label' : 'one row for all its labels';
    const first = new Map<string, { said: string; place: string }>();
    for (const { path, labels, origin } of rows) {
      const own = labels.get(name);
      if (own === undefined) {
        continue;
      }
      const now = { said: saidBy(own), place: own[0]?.place ?? origin };
      const earlier = first.get(path) ?? now;
      if (earlier.said !== now.said) {
        const remedy = `An image has ${rule}: correct or remove one of the two rows of ${path}`;
        throw expected(`${earlier.said}, as at ${earlier.place},`, now.place, now.said, remedy);
      }
      first.set(path, earlier);
    }
  }
}

const saidBy = (labels: readonly PlacedLabel[]): string =>
  [...new Set(labels.map(({ label }) => `${label}`))].sort(byCodeUnit).join(', ') || 'no label';

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
