/** The streaming core of prediction: decodes images once and yields their probabilities batch by batch. */
import { type ImageFile, imageName } from '../dataset/index.js';
import type { Classifier } from '../model/index.js';
import {
  type Batch,
  completePreprocessing,
  createLoader,
  evaluationAugmentation,
  type Loader,
  type Preprocessing,
  viewsOf,
} from '../pipeline/index.js';
import { adoptBatch, tf } from '../tensorflow/index.js';
import type { Member } from './members.js';
import type { ClassifyOptions } from './options.js';
import { checkProbabilities } from './probabilities.js';

/** A file that could not be read. */
export interface UnreadableFile extends ImageFile {
  /** Index into the files of the request. */
  index: number;
  reason: string;
}

/** The answers to some images that follow each other in the request. */
export interface ClassifiedBatch {
  /** Index of the first image. */
  start: number;
  /** Number of images. */
  count: number;
  /** [count, classes]; each row adds up to 1, but the row of an unreadable image is zero. */
  probabilities: Float32Array;
  failures: UnreadableFile[];
  /** Time that was spent waiting for the images, in milliseconds. */
  waitMs: number;
}

/** Images that follow each other in a request. */
export interface Piece {
  images: readonly ImageFile[];
  /** Index of the first image among those of the request. */
  first: number;
}

/** What one preprocessing makes of the images, and the classifiers that take it. */
interface Input {
  loader: Loader;
  members: Member[];
}

/**
 * Classifies the images batch by batch. Each is decoded once for each preprocessing among the classifiers; an image that one
 * of them cannot read is a failure.
 *
 * The pipeline's threads prepare the next batches while TensorFlow computes, and the event loop runs between batches.
 *
 * @throws InvalidInputError when a probability is not finite.
 */
export async function* classifyPiece(
  { images, first }: Piece,
  members: readonly Member[],
  options: ClassifyOptions,
): AsyncGenerator<ClassifiedBatch> {
  const { classes } = (members[0] as Member).classifier;
  const inputs: Input[] = [];
  try {
    for (const [preprocessing, takers] of byPreprocessing(members)) {
      inputs.push({ loader: loaderOf(images, preprocessing, options), members: takers });
    }
    const reasonOf = reasonsOf(inputs.map(({ loader }) => loader));
    const epochs = inputs.map(({ loader }) => loader.epoch(0));
    for (let at = 0; at < images.length; ) {
      const taken = await Promise.all(epochs.map((epoch) => epoch.next()));
      const batches = taken.map(({ value }) => value as Batch);
      const { count } = batches[0] as Batch;
      const waitMs = Math.max(...batches.map((batch) => batch.waitMs));
      const probabilities = await forward(inputs, batches);
      const imageOf = (row: number) => images[at + row] as ImageFile;
      checkProbabilities(probabilities, classes, (row) => imageName(imageOf(row)), unsoundWeights);
      const failures: UnreadableFile[] = [];
      for (let row = 0; row < count; row++) {
        if (batches.some(({ indices }) => (indices[row] as number) < 0)) {
          probabilities.fill(0, row * classes.length, (row + 1) * classes.length);
          const image = imageOf(row);
          failures.push({ index: first + at + row, ...image, reason: reasonOf(image) });
        }
      }
      yield { start: first + at, count, probabilities, failures, waitMs };
      at += count;
    }
  } finally {
    for (const { loader } of inputs) {
      loader.close();
    }
  }
}

const unsoundWeights =
  'The weights of the classifier are not sound: train it again, or use another';

function byPreprocessing(members: readonly Member[]): Map<Preprocessing, Member[]> {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = JSON.stringify(completePreprocessing(member.classifier.preprocessing));
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return new Map(
    [...groups.values()].map((group) => [(group[0] as Member).classifier.preprocessing, group]),
  );
}

function loaderOf(
  images: readonly ImageFile[],
  preprocessing: Preprocessing,
  { crops, batchSize, threads }: ClassifyOptions,
): Loader {
  const augmentation = { ...evaluationAugmentation, crop: crops };
  return createLoader({
    samples: images.map((image) => ({ ...image, label: -1 })),
    batchSize: Math.max(1, Math.floor(batchSize / viewsOf(augmentation))),
    damaged: 'mark',
    failureBudget: images.length,
    preprocessing,
    augmentation,
    threads,
  });
}

/** Probabilities, [count, classes]: the mean over the windows of each image and over the members by their shares. */
async function forward(inputs: readonly Input[], batches: readonly Batch[]): Promise<Float32Array> {
  const { count } = batches[0] as Batch;
  const mean = tf.tidy(() => {
    const parts = inputs.flatMap(({ members }, index) => {
      const pixels = adoptBatch(batches[index] as Batch);
      return members.map(({ classifier, share }) => {
        const rows = meanOverWindows(classifier, pixels, count);
        return share === 1 ? rows : rows.mul(share);
      });
    });
    return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.addN(parts);
  });
  try {
    return (await mean.data()) as Float32Array;
  } finally {
    mean.dispose();
  }
}

function meanOverWindows({ model, classes }: Classifier, pixels: tf.Tensor, count: number) {
  const windows = model.predict(pixels) as tf.Tensor2D;
  return windows.reshape([count, windows.shape[0] / count, classes.length]).mean(1);
}

/** Gives the reason why an image could not be read. The loaders list all, so they are asked only for a new one. */
function reasonsOf(loaders: readonly Loader[]): (image: ImageFile) => string {
  let reasons = new Map<string, string>();
  return (image) => {
    const name = imageName(image);
    if (!reasons.has(name)) {
      const failures = loaders.flatMap((loader) => loader.failures);
      reasons = new Map(failures.map((failure) => [imageName(failure), failure.reason]));
    }
    return reasons.get(name) ?? 'it gave no pixels';
  };
}
