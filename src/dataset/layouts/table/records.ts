/** The records of a table, of a CSV file or of JSON lines: the first has the names of the columns. */
import { expected } from '../../../errors.js';
import { readCsv } from '../../files/csv.js';
import { readJsonLines } from '../../files/json-lines.js';

/** Fields in the order of the columns: text in CSV, values of JSON in JSON lines. */
export interface TableRecord {
  fields: readonly unknown[];
  /** Whether fields are text because the file has nothing else: digits then are numbers. */
  isText: boolean;
  /** Where a field stands, for messages. */
  at(column: number): string;
}

/** The files that are tables, by their names. */
export const tablePattern = /\.(csv|jsonl|ndjson)$/i;

const isCsv = (file: string): boolean => /\.csv$/i.test(file);

/**
 * The records of a table.
 *
 * @throws InvalidInputError with the place of a record that cannot be read
 */
export async function* readRecords(file: string): AsyncGenerator<TableRecord> {
  if (!isCsv(file)) {
    yield* jsonRecords(file);
    return;
  }
  for await (const { fields, at } of readCsv(file, { trim: true })) {
    yield { fields, isText: true, at };
  }
}

/** A table with more keys than this is refused, so that a damaged file does not fill the memory. */
const mostColumns = 10_000;

async function* jsonRecords(file: string): AsyncGenerator<TableRecord> {
  // A key may be absent where there is nothing to say.
  const names = new Set<string>();
  for await (const { value, place } of readJsonLines(file)) {
    for (const name of Object.keys(value)) {
      names.add(name);
    }
    if (names.size > mostColumns) {
      throw expected(
        `at most ${mostColumns} different keys`,
        `the lines up to ${place}`,
        names.size,
      );
    }
  }
  const columns = [...names];
  if (columns.length > 0) {
    yield { fields: columns, isText: false, at: () => `${file}:1` };
  }
  for await (const { value, place } of readJsonLines(file)) {
    const fields = columns.map((name) => (Object.hasOwn(value, name) ? value[name] : undefined));
    yield { fields, isText: false, at: (column) => `${place} (${columns[column]})` };
  }
}
