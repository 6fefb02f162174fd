/** Draws all pictures of a training run. */
import path from 'node:path';
import { checkArguments, optional, record, type ShapeOf, text } from '../arguments.js';
import { labelText, type Manifest, resolveSample, samplesOf, taskOf } from '../dataset/index.js';
import type { Classifier } from '../model/index.js';
import { resolveOptions } from '../options.js';
import { loaderOptions } from '../pipeline/index.js';
import {
  type TrainAugmentation,
  type TrainResult,
  trainAugmentationOptions,
} from '../training/index.js';
import { drawCurves } from './pictures.js';
import { drawAugmentations } from './sheets/augmentations.js';
import { chooseImages } from './sheets/choose-images.js';

/** A finished run: what `train` was called with, and its result. */
export interface FinishedRun {
  manifest: Manifest;
  /** The task whose images are shown: of a network of several, one of them. */
  task: string;
  /** What the pictures call the run; by default the task. */
  title?: string | undefined;
  /** The folder for the pictures. */
  run: string;
  result: { classifier: Classifier } & Pick<TrainResult, 'history'> &
    Partial<Pick<TrainResult, 'best'>>;
  augmentation?: TrainAugmentation | undefined;
  seed?: number | undefined;
}

const shape = {
  manifest: record('a manifest, as prepare and loadManifest give it,'),
  task: text('the name of a task'),
  title: optional(text('a title')),
  run: text('the path of a folder'),
  result: record('the result of train'),
  augmentation: trainAugmentationOptions,
  seed: loaderOptions.seed,
} satisfies ShapeOf<FinishedRun>;

const imagesShown = 6;
const epochsShown = 7;

/**
 * Writes `run/curves.png` and `run/augmentation.jpg`, each whole or not at all; see the functions that draw them.
 *
 * @throws InvalidInputError when an argument is unknown, missing or of another kind, and when the manifest has no such task.
 */
export async function drawRun(finished: FinishedRun): Promise<void> {
  checkArguments('drawRun', finished, shape);
  const { manifest, task, title: name = task, run, result, seed } = finished;
  await drawCurves(result.history, path.join(run, 'curves.png'), name, result.best?.epoch);
  const { classes } = taskOf(manifest, task);
  const chosen = chooseImages(samplesOf(manifest, task, 'train'), imagesShown, seed ?? 0);
  const images = chosen.map((sample) => ({
    ...resolveSample(manifest, sample),
    caption: labelText(sample, classes),
  }));
  const augmentation = resolveOptions<typeof trainAugmentationOptions>(
    trainAugmentationOptions,
    finished.augmentation ?? {},
  );
  const { preprocessing } = result.classifier;
  const title = `${name}: training images and how each epoch sees them`;
  await drawAugmentations(
    { title, images, epochs: epochsShown, preprocessing, augmentation, seed },
    path.join(run, 'augmentation.jpg'),
  );
}
