/** Reads the questions of a data set: which images of which task a submission has to answer, in this order. */
import { missing } from '../../errors.js';
import { firstOf, readCsv } from '../files/csv.js';
import { findQuestionFiles, readQuestionRows } from '../layouts/fashionai.js';
import { resolveSample } from '../manifest/manifest.js';
import type { Manifest, QuestionRow, Task } from '../types.js';
import { readIds } from './ids.js';

/**
 * The rows of FashionAI's question.csv files, one after the other, or of a table of ids (see {@link readIds}), which asks for the only
 * task.
 *
 * @throws InvalidInputError with file, line and column, for a row of another form or one that repeats an earlier row; for a table of
 *   ids where there are several tasks.
 */
export async function readQuestions(
  files: readonly string[],
  tasks: readonly Pick<Task, 'name'>[] = [],
): Promise<QuestionRow[]> {
  const [file] = files;
  if (file === undefined || (await isFashionAi(file))) {
    return await readQuestionRows(files);
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
export const questionFilesOf = async (manifest: Manifest): Promise<string[]> =>
  manifest.questionFile === undefined
    ? await findQuestionFiles(manifest.root)
    : [resolveSample(manifest, manifest.questionFile)];
