/** Reads a file of boxes: a table, CSV or JSON lines, with a path and a box in each row. */
import path from 'node:path';
import { nearPath } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import { checkLength, columnName } from '../layouts/table/columns.js';
import { readRecords, type TableRecord, tablePattern } from '../layouts/table/records.js';
import { boxIn, type GivenBox, numberColumns } from './fields.js';

/** A row of the file. */
export interface BoxRow extends GivenBox {
  /** Normalised, with `/` between its parts. */
  path: string;
}

const form = 'a header with path, x0, y0, x1 and y1, or with path and box,';

/**
 * The rows of a file of boxes, one by one. A photo may have several.
 *
 * @throws InvalidInputError when a header or a row does not fit, with its line; when the file is not a table or does not exist
 */
export async function* readBoxes(file: string): AsyncGenerator<BoxRow> {
  if (!tablePattern.test(file)) {
    throw expected('a table (*.csv, *.jsonl)', 'boxes', file);
  }
  if ((await fileStamp(file)) === undefined) {
    throw expected('an existing file', 'boxes', file);
  }
  let header: BoxHeader | undefined;
  for await (const record of readRecords(file)) {
    if (header === undefined) {
      header = headerOf(record);
    } else {
      checkLength(record, header);
      yield rowOf(record, header);
    }
  }
  if (header === undefined) {
    throw expected(form, `${file}:1`, '');
  }
}

/** @throws InvalidInputError for a row whose photo, a path from `root`, does not exist, with the path that was probably meant */
export async function checkPhotoExists(root: string, row: BoxRow): Promise<void> {
  const photo = path.resolve(root, row.path);
  if (await fileStamp(photo)) {
    return;
  }
  const near = await nearPath(photo);
  const remedy =
    near === undefined
      ? `Paths start from ${root === '' ? 'the current folder' : root}`
      : `Did you mean ${path.relative(root, near)}?`;
  throw expected('an existing photo', row.place, row.path, remedy);
}

interface BoxHeader {
  path: number;
  box: readonly number[];
  /** How many columns there are. */
  all: number;
}

function headerOf({ fields, at }: TableRecord): BoxHeader {
  const names = fields.map((field) => String(field).trim().toLowerCase());
  const own = names.indexOf(columnName(names, 'path') ?? '');
  const box = names.includes('box') ? [names.indexOf('box')] : numberColumns(names);
  if (own < 0 || box === undefined) {
    throw expected(form, at(0), fields.join(','));
  }
  return { path: own, box, all: names.length };
}

function rowOf(record: TableRecord, columns: BoxHeader): BoxRow {
  const { fields, at } = record;
  const name = fields[columns.path];
  if (typeof name !== 'string' || name === '') {
    throw expected('the path of a photo', at(columns.path), name ?? '');
  }
  const box = boxIn(record, columns.box);
  if (box === undefined) {
    const remedy = 'A photo without a row is looked at as a whole';
    throw expected('a box', at(columns.box[0] as number), '', remedy);
  }
  return { path: path.posix.normalize(name), ...box };
}
