/** Where a run stands, for whoever shows it. */
import os from 'node:os';
import { paceOf } from '../pace.js';
import { adviceOn, measurementOf, noWork } from '../pipeline/index.js';
import type { EpochTotals } from './checkpoint.js';
import type { PipelineReport } from './history.js';

/** Told after every step. The numbers are those of the current epoch so far. */
export interface TrainProgress {
  /** E.g. `epoch 3/6`, or `epoch 3/6 validation`. */
  label: string;
  phase: 'train' | 'validate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Images done and in all, of this phase. */
  done: number;
  total: number;
  imagesPerSecond: number;
  /** Mean over the images done; a few steps behind, so that none has to wait for it. */
  loss: number;
  /** Share of the images done whose top class is right, 0…1; likewise. */
  accuracy: number;
  /** Share of the training time spent waiting for the next batch, 0…1. */
  waitShare: number;
  /** Seconds until the whole run is expected to end. */
  secondsLeft: number;
}

/** An epoch's totals at its start. */
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

/** How the pipeline spent an epoch: part of its {@link EpochRecord}. */
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
