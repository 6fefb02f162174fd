/** Shows a training run: the lines of each epoch, and the pictures in its folder. */
import path from 'node:path';
import { type Manifest, resolveSample, samplesOf } from '../dataset/index.js';
import { resolveOptions } from '../options.js';
import type { Augmentation } from '../pipeline/index.js';
import { clock, drawAugmentations, drawCurves } from '../report/index.js';
import { type EpochRecord, type TrainResult, trainAugmentationOptions } from '../training/index.js';
import { renderEpochs } from './epoch-views.js';
import { warnUnreadable } from './unreadable.js';

/** One epoch as two lines: scores and speed, then the pipeline's time in each stage and advice. */
export function describeEpoch(label: string, record: EpochRecord, epochs: number): string {
  const { epoch, loss, accuracy, validationLoss, validationAccuracy, waitShare } = record;
  const parts = [
    `${label} ${epoch}/${epochs}`,
    `loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}`,
  ];
  if (validationLoss !== undefined && validationAccuracy !== undefined) {
    parts.push(`validation ${validationLoss.toFixed(3)}  ${validationAccuracy.toFixed(3)}`);
  }
  parts.push(`${record.imagesPerSecond.toFixed(0)} images/s`);
  parts.push(`data wait ${(100 * waitShare).toFixed(0)} %  ${clock(record.seconds)}`);
  return `${parts.join('  ')}\n  ${describePipeline(record)}`;
}

function describePipeline(record: EpochRecord): string {
  const { readMs, decodeMs, renderMs, otherFormatsMs, deviceMs, advice } = record;
  const parts = [
    `read ${readMs.toFixed(2)} ms`,
    `decode ${decodeMs.toFixed(2)} ms`,
    `render ${renderMs.toFixed(2)} ms an image`,
  ];
  if (otherFormatsMs > 0) {
    parts.push(`${otherFormatsMs.toFixed(0)} ms for one that is not a JPEG`);
  }
  if (deviceMs > 0) {
    parts.push(describeDevice(record));
  }
  return `${parts.join(', ')}. ${advice}`;
}

function describeDevice(record: EpochRecord): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const { deviceMs, deviceDecodedShare, deviceRenderedShare } = record;
  const shares = `decoded ${percent(deviceDecodedShare)}, rendered ${percent(deviceRenderedShare)}`;
  return `GPU ${deviceMs.toFixed(2)} ms an image: ${shares}`;
}

/** A finished run to draw. */
export interface FinishedRun {
  manifest: Manifest;
  task: string;
  run: string;
  result: TrainResult;
  augmentation: Partial<Augmentation>;
  seed: number;
}

/** Writes curves.png and augmentation.jpg to the run folder and lists the unreadable images. */
export async function drawRun(finished: FinishedRun): Promise<void> {
  const { manifest, task, run, result } = finished;
  warnUnreadable(result.failures, 'replaced in training or left out of validation');
  await drawCurves(result.history, path.join(run, 'curves.png'), task);
  const samples = samplesOf(manifest, task, 'train')
    .slice(0, imagesShown)
    .map((sample) => resolveSample(manifest, sample));
  const { preprocessing } = result.classifier;
  const augmentation = resolveOptions<typeof trainAugmentationOptions>(
    trainAugmentationOptions,
    finished.augmentation,
  );
  const options = { preprocessing, augmentation, seed: finished.seed };
  const { pixels, variants } = await renderEpochs(samples, epochsShown, options);
  const title = `${task}: training images as each epoch sees them`;
  const sheet = { title, pixels, variants, preprocessing };
  await drawAugmentations(sheet, path.join(run, 'augmentation.jpg'));
}

const imagesShown = 5;
const epochsShown = 7;
