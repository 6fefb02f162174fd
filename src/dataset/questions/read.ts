/** Reads the questions of a data set: which images of which task a submission has to answer, in this order. */
import { expected, missing } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import { firstOf, readCsv } from '../files/csv.js';
import { findQuestionFiles, readQuestionRows } from '../layouts/fashionai.js';
import { resolveSample } from '../manifest/manifest.js';
import type { Manifest, QuestionRow, Task } from '../types.js';
import { readIds } from './ids.js';

/**
 * The rows of FashionAI's question.csv files, one after the other, or of a table of ids (see {@link readIds}), which asks for the only
 * task.
 *
 * @throws InvalidInputError with file, line and column, for a row of another form, one that repeats an earlier row or one of an
 *   unknown task; for a table of ids where there are several tasks.
 */
export async function readQuestions(
  files: readonly string[],
  tasks: readonly Pick<Task, 'name'>[],
): Promise<QuestionRow[]> {
  const [file] = files;
  if (file === undefined || (await isFashionAi(file))) {
    const rows = await readQuestionRows(files);
    const names = new Set(tasks.map(({ name }) => name));
    for (const { task, origin } of rows) {
      if (!names.has(task)) {
        throw expected('a known task', origin, task);
      }
    }
    return rows;
  }
  const [task, ...others] = tasks;
  if (task === undefined || others.length > 0) {
    const what = 'the form path,task,? without a line of names';
    throw missing(what, file, 'A table of ids asks for one task, and the data set has several');
  }
  return await readIds(file, task);
}

/** Whether the first row has `?` where a label would be. */
async function isFashionAi(file: string): Promise<boolean> {
  const [first] = await firstOf(readCsv(file), 1);
  return first === undefined || (first.fields.length === 3 && first.fields[2] === '?');
}

/**
 * The files of the questions of a data set, absolute: the table of ids that it was prepared with, or question.csv of each release.
 *
 * @throws InvalidInputError where there is none.
 */
export async function questionFilesOf(manifest: Manifest): Promise<string[]> {
  if (manifest.questionFile === undefined) {
    return await findQuestionFiles(manifest.root);
  }
  const file = resolveSample(manifest, manifest.questionFile);
  if ((await fileStamp(file)) === undefined) {
    const remedy = 'Put it back, or prepare the data again';
    throw expected('an existing file', 'the questions of the data set', file, remedy);
  }
  return [file];
}
