/** The table of predictions: a line of CSV for each scored image, with its labels and the probability of each class. */
import { appendFile } from 'node:fs/promises';
import { csvLine } from '../csv-line.js';
import type { Sample, Task } from '../dataset/index.js';
import { replaceFile, writing } from '../disk/index.js';

/** An image and its row of probabilities, [classes]. */
export interface ScoredRow {
  sample: Sample;
  row: Float32Array;
}

/**
 * Writes `file` while `score` passes the rows to its argument, whole or not at all.
 *
 * The columns are `path`, as in {@link Sample.path}; `offset`, the byte at which the image begins in a shard; `task`; `fold`; `label`,
 * the name of the class, and `maybe`, the names of the doubtful classes with `|` between them, or in a task of any number of labels
 * `labels`, names with `|` between them; and `p_NAME`, the probability of each class, 0…1, with nine digits, which are all that a
 * float32 has. Fields without a value are empty. docs/predictions.md describes them for users.
 *
 * @returns what `score` does
 * @throws InvalidInputError where the system cannot write; an earlier file then stays as it was.
 */
export async function writePredictions<Result>(
  file: string,
  task: Task,
  score: (add: (rows: readonly ScoredRow[]) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  return await replaceFile(file, async (unfinished) => {
    const append = (lines: readonly string[][]) => {
      const text = lines.map((fields) => `${csvLine(fields)}\n`).join('');
      return writing(file, () => appendFile(unfinished, text));
    };
    const labels = task.labels === 'any' ? ['labels'] : ['label', 'maybe'];
    const probabilities = task.classes.map((name) => `p_${name}`);
    await append([['path', 'offset', 'task', 'fold', ...labels, ...probabilities]]);
    return await score((rows) => append(rows.map((each) => fieldsOf(each, task))));
  });
}

function fieldsOf({ sample, row }: ScoredRow, task: Task): string[] {
  const { path, range, fold, label, maybe, labels } = sample;
  const inWords = (numbers: readonly number[]) =>
    numbers.map((each) => task.classes[each] as string).join('|');
  const truth =
    task.labels === 'any' ? [inWords(labels ?? [])] : [inWords([label]), inWords(maybe)];
  const probabilities = Array.from(row, (value) => `${Number(value.toPrecision(9))}`);
  return [path, `${range?.offset ?? ''}`, task.name, `${fold ?? ''}`, ...truth, ...probabilities];
}
