/** Writes answers in the form that the competition accepts: submission.csv, and the same table zipped. */

import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { checkArguments, record, type ShapeOf, text } from '../arguments.js';
import { type Manifest, resolveSample } from '../dataset/index.js';
import { writeWhole } from '../disk/index.js';
import { expected, givenTwice, missing } from '../errors.js';
import { type Prediction, rowsOf } from '../prediction/index.js';
import { probabilityFault, submissionLine, tableName } from './row.js';

export interface SubmissionOptions {
  /** The data set whose questions are answered, in the order of question.csv. */
  manifest: Manifest;
  /** The predictions of each task's images by the task's name; each image once, in any order. */
  answers: ReadonlyMap<string, Prediction>;
  /** Folder for both files. */
  out: string;
}

const submissionShape = {
  manifest: record('a manifest, as loadManifest returns it,'),
  answers: { what: 'a Map of predictions', accepts: (value) => value instanceof Map },
  out: text('a folder'),
} as const satisfies ShapeOf<SubmissionOptions>;

/** Where the submission lies. */
export interface Submission {
  csv: string;
  zip: string;
  rows: number;
}

/**
 * Writes `submission.csv` (in question order, 8 decimals, no header) and `submission.zip`, each whole or not at all. The
 * same answers give the same bytes. The answer to a question is the row of its image among the predictions of its task;
 * rows of other images are left out.
 *
 * @throws InvalidInputError when a question has no answer, an image has two, or a row is not a distribution over the
 * task's classes; and when an option is unknown, missing or of another kind.
 */
export async function writeSubmission(options: SubmissionOptions): Promise<Submission> {
  checkArguments('writeSubmission', options, submissionShape);
  const lines = submissionLines(options);
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const csv = path.join(options.out, tableName);
  const zip = path.join(options.out, 'submission.zip');
  await writeWhole(csv, text);
  await writeWhole(zip, await zipped(text));
  return { csv, zip, rows: lines.length };
}

function submissionLines({ manifest, answers }: SubmissionOptions): string[] {
  const classes = new Map(manifest.tasks.map((task) => [task.name, task.classes.length]));
  const rows = new Map([...answers].map(([task, answer]) => [task, rowsByImage(task, answer)]));
  return manifest.questions.map(({ path, task, file }) => {
    const row = rows.get(task)?.get(resolveSample(manifest, file));
    if (row === undefined) {
      throw missing('an answer', `${path} of ${task}`);
    }
    const fault = probabilityFault(row, classes.get(task) ?? 0);
    if (fault !== undefined) {
      const received = Array.from(row).join(';');
      throw expected('a distribution over classes', `${path} of ${task}`, received, fault);
    }
    return submissionLine(path, task, row);
  });
}

/** The row of each image. */
function rowsByImage(task: string, answer: Prediction): Map<string, Float32Array> {
  const rows = new Map<string, Float32Array>();
  for (const [index, row] of rowsOf(answer).entries()) {
    const file = answer.files[index] as string;
    if (rows.has(file)) {
      throw givenTwice(`The answer to ${file} of ${task}`);
    }
    rows.set(file, row);
  }
  return rows;
}

async function zipped(table: Buffer): Promise<Buffer> {
  const archive = new ZipFile();
  // A fixed local time in the DOS form, which has no time zone: the bytes depend on the table alone.
  const mtime = new Date(2000, 0, 1);
  archive.addBuffer(table, tableName, { mtime, forceDosTimestamp: true, mode: 0o100644 });
  archive.end();
  return buffer(archive.outputStream);
}
