/** The progress of a run, and the report on an epoch. */
import os from 'node:os';
import { paceOf, secondsLeft } from '../../pace.js';
import { adviceOn, measurementOf, noWork } from '../../pipeline/index.js';
import type { EpochTotals, Position } from '../checkpoint/checkpoint.js';
import type { PipelineReport } from '../history.js';
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
  /** Mean over the images done; a few steps late, so that no step has to wait for it. */
  loss: number;
  /** Share of the images done whose top class is right, 0…1; a few steps late, too. */
  accuracy: number;
  /** Share of the training time spent waiting for the next batch, 0…1. */
  waitShare: number;
  /** Seconds until the whole run is expected to end. */
  secondsLeft: number;
}

/** The totals at the start of an epoch. */
export const noTotals = (): EpochTotals => ({
  images: 0,
  loss: 0,
  correct: 0,
  trainMs: 0,
  waitMs: 0,
  work: noWork,
});

/** Means and rates of {@link EpochTotals}. */
export function ratesOf({ images, loss, correct, trainMs, waitMs }: EpochTotals) {
  return {
    loss: loss / Math.max(1, images),
    accuracy: correct / Math.max(1, images),
    ...paceOf({ images, elapsedMs: trainMs, waitMs }),
  };
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
  tally: { totals: EpochTotals; latest: { loss: number; accuracy: number } };
  /** Duration of the last validation. */
  validationSeconds: number;
}

export function progressOf(state: State): TrainProgress {
  const { phase, plan, position, tally, validationSeconds } = state;
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
    total: phase === 'train' ? plan.training.length : plan.validation.length,
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
