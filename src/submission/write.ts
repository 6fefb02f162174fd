/** Writes predictions as the competition takes them: submission.csv, and the same zipped. */
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { writeWhole } from '../atomic-file.js';
import type { Question, Task } from '../dataset/index.js';
import { expected } from '../errors.js';
import { probabilityFault, submissionLine, tableName } from './row.js';

export interface SubmissionOptions {
  /** All questions, in the order of question.csv. */
  questions: readonly Question[];
  tasks: readonly Task[];
  /** For each task's name a row of probabilities for each of its questions, in their order. */
  predictions: ReadonlyMap<string, readonly ArrayLike<number>[]>;
  /** Folder for both files. */
  out: string;
}

/** Where the submission lies. */
export interface Submission {
  csv: string;
  zip: string;
  rows: number;
}

/**
 * Writes `submission.csv` (question order, 8 decimals, no header) and `submission.zip`, each whole or not at all. The
 * same predictions give the same bytes.
 *
 * @throws InvalidInputError where a task lacks predictions, their number differs from its questions', or a row is no
 * distribution over the task's classes.
 */
export async function writeSubmission(options: SubmissionOptions): Promise<Submission> {
  const lines = submissionLines(options);
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const csv = path.join(options.out, tableName);
  const zip = path.join(options.out, 'submission.zip');
  await writeWhole(csv, text);
  await writeWhole(zip, await zipped(text));
  return { csv, zip, rows: lines.length };
}

function submissionLines({ questions, tasks, predictions }: SubmissionOptions): string[] {
  const classes = new Map(tasks.map((task) => [task.name, task.classes.length]));
  checkCounts(questions, predictions);
  const next = new Map<string, number>();
  return questions.map(({ path: asked, task }) => {
    const index = next.get(task) ?? 0;
    next.set(task, index + 1);
    const row = predictions.get(task)?.[index] ?? [];
    const fault = probabilityFault(row, classes.get(task) ?? 0);
    if (fault !== undefined) {
      throw expected(
        'a distribution over classes',
        `${asked} of ${task}`,
        Array.from(row).join(';'),
        fault,
      );
    }
    return submissionLine(asked, task, row);
  });
}

function checkCounts(
  questions: readonly Question[],
  predictions: SubmissionOptions['predictions'],
): void {
  const asked = new Map<string, number>();
  for (const { task } of questions) {
    asked.set(task, (asked.get(task) ?? 0) + 1);
  }
  for (const [task, count] of asked) {
    const rows = predictions.get(task)?.length ?? 0;
    if (rows !== count) {
      throw expected(`${count} rows`, `predictions of ${task}`, rows);
    }
  }
}

async function zipped(table: Buffer): Promise<Buffer> {
  const archive = new ZipFile();
  // A fixed local time in the DOS form, which carries no zone: the bytes depend on the table alone.
  const mtime = new Date(2000, 0, 1);
  archive.addBuffer(table, tableName, { mtime, forceDosTimestamp: true, mode: 0o100644 });
  archive.end();
  return buffer(archive.outputStream);
}
