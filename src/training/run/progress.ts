/** The progress of a run, and the report on an epoch. */
import os from 'node:os';
import type { Task } from '../../dataset/index.js';
import { paceOf, secondsLeft } from '../../pace.js';
import { adviceOn, measurementOf, noWork } from '../../pipeline/index.js';
import type { EpochTotals, Position, TaskTotals } from '../checkpoint/checkpoint.js';
import type { PipelineReport, TaskRecord } from '../history.js';
import type { Plan } from '../plan.js';

/** Reported after every step. The numbers are those of the current epoch so far. */
export interface TrainProgress {
  /** E.g. `epoch 3/6`, or `epoch 3/6 validation`. */
  label: string;
  phase: 'train' | 'validate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Images of this phase that are done, and all of them. */
  done: number;
  total: number;
  imagesPerSecond: number;
  /** Mean over the images done; a few steps late, so that no step has to wait for it. Of several tasks, the mean of theirs. */
  loss: number;
  /** Share of the images done whose top class is right, 0…1; a few steps late, too, and of several tasks the mean of theirs. */
  accuracy: number;
  /** Share of the training time spent waiting for the next batch, 0…1. */
  waitShare: number;
  /** Seconds until the whole run is expected to end. */
  secondsLeft: number;
}

/** The totals at the start of an epoch. `heads`: of a network whose heads are counted each for itself, their number. */
export const noTotals = (heads?: number): EpochTotals => ({
  images: 0,
  loss: 0,
  correct: 0,
  ...(heads !== undefined && {
    tasks: Array.from({ length: heads }, () => ({ loss: 0, weight: 0, correct: 0, labels: 0 })),
  }),
  trainMs: 0,
  waitMs: 0,
  work: noWork,
});

/** The totals at the start of an epoch of `plan`. */
export const noTotalsOf = ({ tasks, labels }: Pick<Plan, 'tasks' | 'labels'>): EpochTotals =>
  noTotals(labels && tasks.length);

/** The totals of two parts of an epoch; times are those of the first. */
export const addTotals = (one: EpochTotals, other: EpochTotals): EpochTotals => ({
  ...one,
  images: one.images + other.images,
  loss: one.loss + other.loss,
  correct: one.correct + other.correct,
  ...(one.tasks && {
    tasks: one.tasks.map((totals, place) => addTask(totals, other.tasks?.[place] as TaskTotals)),
  }),
});

const addTask = (one: TaskTotals, other: TaskTotals): TaskTotals => ({
  loss: one.loss + other.loss,
  weight: one.weight + other.weight,
  correct: one.correct + other.correct,
  labels: one.labels + other.labels,
});

/** The mean loss and the share of right answers. */
export interface Scores {
  loss: number;
  accuracy: number;
}

/** Means and rates of {@link EpochTotals}; of several tasks the means over those that have labels. */
export function ratesOf(totals: EpochTotals) {
  const { images, loss, correct, trainMs, waitMs } = totals;
  const tasks = taskScoresOf(totals);
  const means =
    tasks === undefined
      ? { loss: loss / Math.max(1, images), accuracy: correct / Math.max(1, images) }
      : meanOf(tasks.filter((scores) => scores !== undefined));
  return { ...means, ...paceOf({ images, elapsedMs: trainMs, waitMs }) };
}

/** Of each head; undefined for one whose task had no label. */
export const taskScoresOf = ({ tasks }: EpochTotals): (Scores | undefined)[] | undefined =>
  tasks?.map(({ loss, weight, correct, labels }) =>
    labels === 0 ? undefined : { loss: loss / weight, accuracy: correct / labels },
  );

/** What an epoch's record says of losses and accuracies. */
export function scoresOf(
  tasks: readonly Pick<Task, 'name'>[],
  totals: EpochTotals,
  validation: EpochTotals | undefined,
) {
  const validated = validation && ratesOf(validation);
  const trained = taskScoresOf(totals);
  const held = validation && taskScoresOf(validation);
  return {
    ...ratesOf(totals),
    validationLoss: validated?.loss,
    validationAccuracy: validated?.accuracy,
    ...(trained && {
      tasks: Object.fromEntries(
        tasks.map(({ name }, place): [string, TaskRecord] => [
          name,
          {
            ...(trained[place] ?? { loss: 0, accuracy: 0 }),
            validationLoss: held?.[place]?.loss,
            validationAccuracy: held?.[place]?.accuracy,
          },
        ]),
      ),
    }),
  };
}

function meanOf(scores: readonly Scores[]): Scores {
  const mean = (of: (each: Scores) => number) =>
    scores.reduce((sum, each) => sum + of(each), 0) / Math.max(1, scores.length);
  return { loss: mean(({ loss }) => loss), accuracy: mean(({ accuracy }) => accuracy) };
}

/** The mean loss of this epoch so far, else of the last one; undefined before the first step. */
export function meanLoss({ totals, history }: Position): number | undefined {
  return totals.images > 0 ? ratesOf(totals).loss : history.at(-1)?.loss;
}

interface State {
  phase: TrainProgress['phase'];
  plan: Plan;
  position: Position;
  /** Of the phase. */
  tally: { totals: EpochTotals; latest: Scores };
  /** Duration of the last validation. */
  validationSeconds: number;
  /** Workers that share the validation. */
  workers?: number | undefined;
}

export function progressOf(state: State): TrainProgress {
  const { phase, plan, position, tally, validationSeconds, workers = 1 } = state;
  const { epoch, totals } = position;
  const { epochs } = plan.values;
  const { imagesPerSecond, waitShare } = ratesOf(totals);
  const left = {
    images: (epochs - epoch) * plan.training.length - totals.images,
    validations: epochs - epoch,
    validationSeconds,
  };
  const name = `epoch ${epoch + 1}/${epochs}`;
  return {
    label: phase === 'train' ? name : `${name} validation`,
    phase,
    epoch: epoch + 1,
    epochs,
    done: tally.totals.images,
    total: phase === 'train' ? plan.training.length : Math.ceil(plan.validation.length / workers),
    imagesPerSecond,
    ...tally.latest,
    waitShare,
    secondsLeft: secondsLeft({ imagesPerSecond, waitShare }, left),
  };
}

/** The pipeline's work in an epoch, as a part of the epoch's record. */
export function pipelineReport(totals: EpochTotals, threads: number): PipelineReport {
  const { work } = totals;
  const { imagesPerSecond, waitShare } = ratesOf(totals);
  const measurement = measurementOf({ threads, imagesPerSecond, unreadable: 0 }, work);
  const each = (time: number, images: number) => time / Math.max(1, images);
  return {
    readMs: each(work.readMs, work.images),
    decodeMs: each(work.decodeMs, work.images),
    renderMs: each(work.renderMs, work.images),
    otherFormatsMs: each(work.otherFormatsMs, work.otherFormats),
    deviceMs: each(work.deviceMs, work.images),
    deviceDecodedShare: each(work.deviceDecoded, work.images),
    deviceRenderedShare: each(work.deviceRendered, work.images),
    advice: adviceOn([measurement], { cores: os.availableParallelism(), waitShare }),
  };
}
