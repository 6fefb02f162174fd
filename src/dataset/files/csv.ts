/** Reads a CSV file record by record, with the line and column of every field. */

import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { openRegular } from '../../disk/index.js';
import { expected, InvalidInputError } from '../../errors.js';
import { shellWord } from './shell.js';

// Most records are a path and a few words. What is longer belongs to a file of another kind and must not fill the memory.
const usualRecordBytes = 64 * 1024;

/** One record and where it stands in its file. */
export interface CsvRecord {
  fields: string[];
  /** Line the record ends on, from 1. */
  line: number;
  /** `file:line:column` of a field's first character, both from 1; `offset` counts characters into the field. */
  at(field: number, offset?: number): string;
  /** The column in {@link at}, alone. */
  columnAt(field: number, offset?: number): number;
}

interface CsvOptions {
  /** Between the fields; by default a comma. */
  separator?: string;
  /** Drops the spaces around fields, outside of their quotes. */
  trim?: boolean;
  /** The longest record; by default 64 KiB. */
  mostRecordBytes?: number;
}

/** The fields of a file's first record in lower case; none where it is empty, or not CSV from the beginning. */
export async function headerOf(file: string): Promise<string[]> {
  const [header] = await firstOf(readCsv(file, { trim: true }), 1);
  return (header?.fields ?? []).map((field) => field.trim().toLowerCase());
}

/** The first `most` records; fewer where they end, or cannot be read from some line on. */
export async function firstOf<Type>(records: AsyncIterable<Type>, most: number): Promise<Type[]> {
  const first: Type[] = [];
  try {
    for await (const each of records) {
      first.push(each);
      if (first.length === most) {
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
  }
  return first;
}

/**
 * The records of a CSV file. A byte order mark, blank lines and any line ending are accepted.
 *
 * @throws InvalidInputError with file, line and column, for an unclosed quote, a record that is too long, or text that is not
 * UTF-8.
 */
export async function* readCsv(file: string, options: CsvOptions = {}): AsyncGenerator<CsvRecord> {
  const source = (await openRegular(file)).handle.createReadStream();
  try {
    yield* parseCsv(source, file, options);
  } finally {
    source.destroy();
  }
}

/** As {@link readCsv}, from a stream; `name` stands for the file in errors. */
export async function* parseCsv(
  source: Readable,
  name: string,
  { separator = ',', trim = false, mostRecordBytes = usualRecordBytes }: CsvOptions = {},
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    delimiter: separator,
    info: true,
    raw: true,
    max_record_size: mostRecordBytes,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const parsed of parser) {
      const { record, info, raw } = parsed as ParsedRecord;
      const columnAt = (field: number, offset = 0) =>
        columnOf(raw, field, { separator, trim }) + offset;
      const at = (field: number, offset?: number) =>
        `${name}:${info.lines}:${columnAt(field, offset)}`;
      checkText(record, at, name);
      yield { fields: record, line: info.lines, at, columnAt };
    }
  } catch (error) {
    throw error instanceof CsvError ? located(error, name) : error;
  }
}

/** What bytes of other encodings are read as; a path or a label with such a sign would be another one. */
const unreadable = /[\uFFFD\0]/;

function checkText(fields: readonly string[], at: CsvRecord['at'], name: string): void {
  const column = fields.findIndex((field) => unreadable.test(field));
  if (column >= 0) {
    const field = fields[column] as string;
    const encoding = field.includes('\0') ? 'utf-16' : 'gbk';
    const convert = `iconv -f ${encoding} -t utf-8 ${shellWord(name)} > NEW`;
    const remedy = `Convert the file, with its own encoding in place of ${encoding}: \`${convert}\``;
    throw expected('UTF-8 text', at(column, field.search(unreadable)), field, remedy);
  }
}

interface ParsedRecord {
  record: string[];
  raw: string;
  info: { lines: number };
}

function located(error: CsvError, name: string): InvalidInputError {
  const { lines, column } = error as CsvError & { lines?: number; column?: number };
  const field = typeof column === 'number' ? `, field ${column + 1}` : '';
  return new InvalidInputError(`${name}:${lines ?? 1}${field}: ${error.message}`);
}

/** Column, from 1, of a field's first character within the text of its record. */
function columnOf(
  raw: string,
  field: number,
  { separator, trim }: Required<Pick<CsvOptions, 'separator' | 'trim'>>,
): number {
  // csv-parse leaves the line ends of skipped blank lines in front of the record.
  const text = raw.replace(/^[\r\n]+/, '');
  let start = 0;
  let quoted = false;
  let remaining = field;
  for (let i = 0; i < text.length && remaining > 0; i++) {
    if (text[i] === '"') {
      quoted = !quoted;
    } else if (text[i] === separator && !quoted) {
      start = i + 1;
      remaining--;
    }
  }
  if (remaining > 0) {
    return 1;
  }
  const [opening = ''] = (trim ? /^ *"?/ : /^"?/).exec(text.slice(start)) ?? [];
  return start + opening.length + 1;
}
