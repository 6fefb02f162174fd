/** Answers the questions of a data set task by task and writes the answers as a submission. */
import {
  type ImageFile,
  type Manifest,
  resolveSample,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import { labelOf } from '../pipeline/index.js';
import type { Prediction, PredictRequest } from '../prediction/index.js';
import type { SubmissionForm } from './forms/form.js';
import { forms } from './forms/list.js';
import { usualForm } from './forms/read.js';
import { checkTasks } from './row.js';
import { type Submission, writeSubmission } from './write.js';

/** The images that one task's questions ask about, each once, and what {@link predict} needs to predict them. */
export type QuestionImages = Required<Pick<PredictRequest, 'classes' | 'fallback'>> & {
  /** Paths, with a box where only a part of an image is looked at. */
  files: (string | ImageFile)[];
};

export interface AnswerRequest {
  manifest: Manifest;
  /** Folder for the submission's files, such as submission.csv and submission.zip. */
  out: string;
  /** What the table looks like, as in {@link SubmissionOptions}. */
  form?: SubmissionForm | undefined;
  /** Predicts the images of one task, for example as the mean of several models. */
  answer(task: Task, images: QuestionImages): Promise<Prediction>;
}

/** The written submission and its answers. */
export interface Answered extends Submission {
  /** The answers to each task's questions, by the task's name. */
  answers: Map<string, Prediction>;
}

/**
 * Lets `answer` predict the images of every task, in the manifest's order, and writes the submission.
 *
 * @throws InvalidInputError as {@link writeSubmission} does.
 */
export async function answerQuestions({
  manifest,
  out,
  form = forms[usualForm],
  answer,
}: AnswerRequest): Promise<Answered> {
  // An answer may take hours of training.
  checkTasks(form, manifest.questions);
  const answers = new Map<string, Prediction>();
  for (const task of manifest.tasks) {
    answers.set(task.name, await answer(task, questionImages(manifest, task)));
  }
  return { answers, ...(await writeSubmission({ manifest, answers, out, form })) };
}

/** The images that the questions of a task ask about. */
export function questionImages(manifest: Manifest, task: Task): QuestionImages {
  const questions = manifest.questions.filter((question) => question.task === task.name);
  const files = new Map(
    questions.map(({ file, box }) => {
      const path = resolveSample(manifest, file);
      return [path, box === undefined ? path : { path, box }] as const;
    }),
  );
  const fallback = classShares(manifest, task);
  return { files: [...files.values()], classes: task.classes, fallback };
}

/** Each class's share of a task's training images, 0…1, each counted for all of its labels: the best answer about an image that cannot be read. */
export function classShares(manifest: Manifest, task: Task): number[] {
  const samples = samplesOf(manifest, task.name, 'train');
  const counts = task.classes.map(() => 0);
  for (let index = 0; index < samples.length; index++) {
    const labels = task.labels === 'any' ? samples.at(index)?.labels : [labelOf(samples, index)];
    for (const label of labels ?? []) {
      counts[label] = (counts[label] as number) + 1;
    }
  }
  return counts.map((count) => count / samples.length);
}
