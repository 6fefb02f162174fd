/** The questions that a table of ids adds to a source whose layout has none. */
import path from 'node:path';
import { conflict, expected, missing } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import type { Question, Task } from '../types.js';
import { imagesOf } from './images.js';
import { readQuestions } from './read.js';

export interface AskedRequest {
  /** The table, as `readIds` reads it. */
  questions: string | undefined;
  /** Folder of its images; by default that of the table. */
  questionImages: string | undefined;
}

/** What of a source this needs. */
interface Asking {
  root: string;
  tasks: readonly Task[];
  questions: Question[];
  labelFiles: string[];
}

/**
 * The source with its own questions, or with those of the table, which is then one of its files.
 *
 * @throws InvalidInputError where both are there, and as `readQuestions` and `imagesOf` do
 */
export async function withQuestions<Source extends Asking>(
  source: Source,
  { questions, questionImages }: AskedRequest,
): Promise<Source & { questionFile?: string }> {
  const { root, tasks, labelFiles } = source;
  if (questions === undefined) {
    if (questionImages !== undefined) {
      throw missing('the table that asks', 'questions', 'questionImages has its images');
    }
    return source;
  }
  if (source.questions.length > 0) {
    throw conflict('questions', `the question.csv in ${root}`, 'The source asks by itself');
  }
  if ((await fileStamp(questions)) === undefined) {
    throw expected('an existing file', 'questions', questions);
  }
  const folder = path.resolve(questionImages ?? path.dirname(questions));
  if ((await fileStamp(folder)) === undefined) {
    throw expected('an existing folder', 'questionImages', folder);
  }
  const rows = await readQuestions([questions], tasks);
  const images = await imagesOf(rows, folder);
  // The images to train on and those of the questions mostly lie beside each other, and move together.
  const fromRoot = (file: string) => path.relative(root, file).split(path.sep).join('/');
  const questionFile = fromRoot(path.resolve(questions));
  return {
    ...source,
    questions: [...images].map(([{ path: id, task }, file]) => ({
      path: id,
      task,
      file: fromRoot(path.join(folder, file)),
    })),
    labelFiles: [...labelFiles, questionFile],
    questionFile,
  };
}
