/** What a run reached in a task: its epochs, its answers and their scores. */
import type { Manifest } from '../../dataset/index.js';
import {
  type LabelsScores,
  resampledLabelsScores,
  resampledScores,
  type Scores,
  type TaskResamples,
} from '../../evaluation/index.js';
import type { EpochRecord } from '../../training/index.js';
import {
  type Answered,
  type AtHand,
  answersOf,
  hasOneLabel,
  isAnswered,
  type TaskAnswers,
} from './answers.js';
import { type ChosenImages, picturesOf } from './chosen-images.js';
import type { TrainedRun } from './read-runs.js';

export interface TaskResult {
  run: TrainedRun;
  task: string;
  /** The epochs with the losses and accuracies of this task. */
  history: EpochRecord[];
  answered: Answered;
  /** Of a task of one label an image. */
  scores?: Scores;
  /** Of a task of any number of labels. */
  labelsScores?: LabelsScores;
  /** What either were in each resample. */
  resampled?: TaskResamples;
  images: ChosenImages | undefined;
}

/**
 * The results of all runs, task by task. Classifies what has not been, if the data set is at hand.
 *
 * @param pictures whether photos are shown, which takes seconds
 * @throws InvalidInputError when a file of a run is damaged
 */
export async function resultsOf(
  runs: readonly TrainedRun[],
  { pictures, ...at }: AtHand & { pictures: boolean },
): Promise<TaskResult[]> {
  const asked = byTask(runs);
  const results: TaskResult[] = [];
  for (const { run, task } of asked) {
    const answered = await answersOf(run, task, at);
    const images =
      pictures && hasOneLabel(answered)
        ? await picturesOf(run, answered, { ...at, results: asked.length })
        : undefined;
    results.push({
      ...{ run, task, history: historyOf(run, task), answered, images },
      ...(isAnswered(answered) && scoresFor(answered, at.manifest)),
    });
  }
  return results;
}

/** Every task of every run: the runs of one task follow each other. */
function byTask(runs: readonly TrainedRun[]): { run: TrainedRun; task: string }[] {
  const tasks = [...new Set(runs.flatMap((run) => run.tasks))];
  return tasks.flatMap((task) =>
    runs.filter((run) => run.tasks.includes(task)).map((run) => ({ run, task })),
  );
}

/** The epochs of a run; of a network of several tasks with the numbers of one. */
const historyOf = ({ history }: TrainedRun, task: string): EpochRecord[] =>
  history.map((record) => {
    const own = record.tasks?.[task];
    if (own === undefined) {
      return record;
    }
    const { validationLoss: _, validationAccuracy: __, tasks: ___, ...rest } = record;
    return { ...rest, ...own } as EpochRecord;
  });

type TaskScores = Pick<TaskResult, 'scores' | 'labelsScores' | 'resampled'>;

function scoresFor(answers: TaskAnswers, manifest: Manifest | undefined): TaskScores {
  const { task, classes, images } = answers;
  const probabilities = images.map(({ row }) => row);
  if (answers.labels === 'any') {
    const labels = images.map(({ labels: own = [] }) => own);
    const folds = images.map(({ fold }) => fold);
    const resampled = resampledLabelsScores({ task, classes, probabilities, labels, folds });
    return { labelsScores: resampled.scores, resampled };
  }
  const labels = images.map(({ label }) => label);
  const maybe = marksOf(answers, manifest);
  const resampled = resampledScores({ task, classes, probabilities, labels, maybe });
  return { scores: resampled.scores, resampled };
}

/** The marks of maybe in the data set, or else in the predictions, where earlier versions did not write them. */
function marksOf(
  { task, images }: TaskAnswers,
  manifest: Manifest | undefined,
): (readonly number[])[] {
  const marks = new Map<string, readonly number[]>();
  for (const { task: own, path, range, maybe } of manifest?.samples ?? []) {
    if (own === task && maybe.length > 0) {
      marks.set(`${range?.offset ?? ''} ${path}`, maybe);
    }
  }
  return images.map(({ path, offset, maybe }) => marks.get(`${offset ?? ''} ${path}`) ?? maybe);
}
