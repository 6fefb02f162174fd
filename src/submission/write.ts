/** Writes answers in the form that a competition accepts: a table, and the same table zipped. */

import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { checkArguments, optional, record, type ShapeOf, text } from '../arguments.js';
import { joined } from '../cluster/index.js';
import { type Manifest, resolveSample } from '../dataset/index.js';
import { writeWhole } from '../disk/index.js';
import { expected, givenTwice, missing } from '../errors.js';
import { type Prediction, rowsOf } from '../prediction/index.js';
import type { SubmissionForm } from './forms/form.js';
import { forms } from './forms/list.js';
import { usualForm } from './forms/read.js';
import { checkTasks, headerLine, lineOf, probabilityFault } from './row.js';

/** What `writeSubmission` is called with. */
export interface SubmissionOptions {
  /** The data set whose questions are answered, in the order of question.csv. */
  manifest: Manifest;
  /** The predictions of each task's images by the task's name; each image once, in any order. */
  answers: ReadonlyMap<string, Prediction>;
  /** Folder for both files. */
  out: string;
  /** What the table looks like: `submissionForms` has those that are known, FashionAI's by default. */
  form?: SubmissionForm | undefined;
}

const submissionShape = {
  manifest: record('a manifest, as loadManifest returns it,'),
  answers: { what: 'a Map of predictions', accepts: (value) => value instanceof Map },
  out: text('a folder'),
  form: optional(record('a form, as submissionForms has them,')),
} as const satisfies ShapeOf<SubmissionOptions>;

/** Where the submission lies. */
export interface Submission {
  csv: string;
  zip: string;
  rows: number;
}

/**
 * Writes the table of a form, such as `submission.csv` (in question order, 8 decimals, no header), and `submission.zip`, each whole
 * or not at all. The same answers give the same bytes. The answer to a question is the row of its image among the predictions of
 * its task; rows of other images are left out. In a cluster, worker 0 alone writes.
 *
 * @throws InvalidInputError when the form has no place for the tasks, a question has no answer, an image has two, or a row is not a distribution over the
 * task's classes; and when an option is unknown, missing or of another kind.
 */
export async function writeSubmission(options: SubmissionOptions): Promise<Submission> {
  checkArguments('writeSubmission', options, submissionShape);
  const { manifest, out, form = forms[usualForm] } = options;
  const { tasks, questions } = manifest;
  checkTasks(form, questions);
  const lines = answerLines(options, form);
  const { classes = [] } = tasks.find(({ name }) => name === questions[0]?.task) ?? {};
  const whole = form.header ? [headerLine(form, classes), ...lines] : lines;
  const text = Buffer.from(whole.map((line) => `${line}\n`).join(''));
  const csv = path.join(out, form.table);
  const zip = path.join(out, form.archive);
  if (joined()?.isChief !== false) {
    await writeWhole(csv, text);
    await writeWhole(zip, await zipped(text, form.table));
  }
  return { csv, zip, rows: lines.length };
}

function answerLines({ manifest, answers }: SubmissionOptions, form: SubmissionForm): string[] {
  const classes = new Map(manifest.tasks.map((task) => [task.name, task.classes]));
  const rows = new Map([...answers].map(([task, answer]) => [task, rowsByImage(task, answer)]));
  return manifest.questions.map(({ path, task, file }) => {
    const row = rows.get(task)?.get(resolveSample(manifest, file));
    if (row === undefined) {
      throw missing('an answer', `${path} of ${task}`);
    }
    const names = classes.get(task) ?? [];
    const fault = probabilityFault(row, names.length, form.decimals);
    if (fault !== undefined) {
      const received = Array.from(row).join(';');
      throw expected('a distribution over classes', `${path} of ${task}`, received, fault);
    }
    return lineOf(form, { image: path, task, classes: names, probabilities: row });
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

async function zipped(table: Buffer, name: string): Promise<Buffer> {
  const archive = new ZipFile();
  // A fixed local time in the DOS form, which has no time zone: the bytes depend on the table alone.
  const mtime = new Date(2000, 0, 1);
  archive.addBuffer(table, name, { mtime, forceDosTimestamp: true, mode: 0o100644 });
  archive.end();
  return buffer(archive.outputStream);
}
