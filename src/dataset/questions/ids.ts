/** Reads a table of ids, such as the sample submission of a competition: each row asks about one image. */
import path from 'node:path';
import { expected, missing } from '../../errors.js';
import { readCsv } from '../files/csv.js';
import type { QuestionRow, Task } from '../types.js';

/**
 * The ids in the first column of `file`, whose first line names the columns; other columns are not read. All ask for `task`.
 *
 * @throws InvalidInputError with file, line and column, for an id that is empty or repeats an earlier one; without any id
 */
export async function readIds(
  file: string,
  { name: task }: Pick<Task, 'name'>,
): Promise<QuestionRow[]> {
  const rows = new Map<string, QuestionRow>();
  let isHeader = true;
  for await (const record of readCsv(file)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const [id = ''] = record.fields;
    const earlier = rows.get(id);
    if (id === '' || earlier !== undefined) {
      const what =
        earlier === undefined ? 'an id' : `an id that is not already at ${earlier.origin}`;
      throw expected(what, record.at(0), id);
    }
    rows.set(id, { path: id, task, origin: `${file}:${record.line}` });
  }
  if (rows.size === 0) {
    throw missing('a line of names and a row for each question', path.basename(file));
  }
  return [...rows.values()];
}
