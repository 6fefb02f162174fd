/** The questions that a table of ids adds to a source whose layout has none. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent } from '../../disk/index.js';
import { conflict, expected, missing } from '../../errors.js';
import { fileStamp } from '../file-stamp.js';
import { resolveSample } from '../manifest/manifest.js';
import type { Manifest, Question, Task } from '../types.js';
import { imagesOf } from './images.js';
import { questionFilesOf, readQuestions } from './read.js';

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
      throw tableMissing();
    }
    return source;
  }
  if (source.questions.length > 0) {
    throw conflict('questions', `the question.csv in ${root}`, 'The source asks by itself');
  }
  if ((await fileStamp(questions)) === undefined) {
    throw expected('an existing file', 'questions', questions);
  }
  const folder = await folderOf(questionImages ?? path.dirname(questions));
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

/**
 * Checks that `questionImages`, which a later call names, has the images that the data were prepared with.
 *
 * @throws InvalidInputError where it has others, and as {@link withQuestions} does
 */
export async function checkQuestionImages(
  manifest: Manifest,
  questionImages: string,
): Promise<void> {
  if (manifest.questionFile === undefined) {
    throw tableMissing();
  }
  const folder = await folderOf(questionImages);
  const rows = await readQuestions(await questionFilesOf(manifest), manifest.tasks);
  const images = [...(await imagesOf(rows, folder)).values()];
  for (const [index, { file }] of manifest.questions.entries()) {
    const [known, named] = [resolveSample(manifest, file), path.join(folder, images[index] ?? '')];
    if (known !== named && (await placeOf(known)) !== (await placeOf(named))) {
      const remedy = `The data were prepared with ${known}, not ${named}. Leave it out, move the images together with the source, or choose another folder for out`;
      throw expected('the folder of the earlier call', 'questionImages', questionImages, remedy);
    }
  }
}

/** Without links. */
const placeOf = async (file: string) => (await ifPresent(realpath(file))) ?? file;

async function folderOf(questionImages: string): Promise<string> {
  const folder = path.resolve(questionImages);
  if ((await fileStamp(folder)) === undefined) {
    throw expected('an existing folder', 'questionImages', folder);
  }
  return folder;
}

const tableMissing = () =>
  missing('the table that asks', 'questions', 'questionImages has its images');
