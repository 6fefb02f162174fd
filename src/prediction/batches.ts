/** The streaming core of prediction: decodes images once and yields their probabilities batch by batch. */
import { type ImageFile, imageName } from '../dataset/index.js';
import { checkFiniteWeights, forwardOf } from '../model/index.js';
import { overlapped } from '../overlap.js';
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
  /** [count, classes]; as in a `Classification`. */
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

/** A batch of images, once for each {@link Input}. */
interface Windows {
  batches: Batch[];
  /** [images · views, side, side, 3]; zeros follow the images of a batch that is not full. */
  pixels: tf.Tensor[];
}

/**
 * Classifies the images batch by batch. Each is decoded once for each preprocessing among the classifiers; an image that one
 * of them cannot read is a failure.
 *
 * TensorFlow computes on another thread, while the pipeline's threads prepare the next batches.
 *
 * @throws InvalidInputError when a probability or a weight is not finite.
 */
export async function* classifyPiece(
  piece: Piece,
  members: readonly Member[],
  options: ClassifyOptions,
): AsyncGenerator<ClassifiedBatch> {
  const { images, first } = piece;
  const { classes } = (members[0] as Member).classifier;
  const inputs: Input[] = [];
  try {
    for (const [preprocessing, takers] of byPreprocessing(members)) {
      inputs.push({ loader: loaderOf(images, preprocessing, options), members: takers });
    }
    const reasonOf = reasonsOf(inputs.map(({ loader }) => loader));
    const size = batchImages(piece, options);
    const steps = overlapped(together(inputs), {
      prepare: (batches) => ({ batches, pixels: batches.map((batch) => adopted(batch, size)) }),
      step: (windows) => forward(inputs, windows, size),
      discard: ({ pixels }) => tf.dispose(pixels),
    });
    let at = 0;
    for await (const { input, result, waitMs } of steps) {
      const { batches } = input;
      const { count } = batches[0] as Batch;
      const probabilities = result.subarray(0, count * classes.length);
      const imageOf = (row: number) => images[at + row] as ImageFile;
      checkProbabilities(probabilities, classes, (row) => imageName(imageOf(row)), unsoundWeights);
      for (const { classifier } of members) {
        await checkFiniteWeights(classifier.model, unsoundWeights);
      }
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

/** The windows of each image. */
const viewsIn = ({ crops }: ClassifyOptions): number =>
  viewsOf({ ...evaluationAugmentation, crop: crops });

/** Images in a full batch. */
const fullBatch = (options: ClassifyOptions): number =>
  Math.max(1, Math.floor(options.batchSize / viewsIn(options)));

/**
 * The number of images for which the forward pass is traced. A batch with fewer is filled with zeros, since another trace
 * would take longer. A request of fewer images than a batch gets the next power of two: so all requests need few traces.
 */
function batchImages({ images, first }: Piece, options: ClassifyOptions): number {
  const full = fullBatch(options);
  return first > 0 ? full : Math.min(full, 2 ** Math.ceil(Math.log2(images.length)));
}

function loaderOf(
  images: readonly ImageFile[],
  preprocessing: Preprocessing,
  options: ClassifyOptions,
): Loader {
  return createLoader({
    samples: images.map((image) => ({ ...image, label: -1 })),
    batchSize: fullBatch(options),
    damaged: 'mark',
    failureBudget: images.length,
    preprocessing,
    augmentation: { ...evaluationAugmentation, crop: options.crops },
    threads: options.threads,
  });
}

/** The batches of all loaders: as many as one of them has, since all have the same images. */
async function* together(inputs: readonly Input[]): AsyncGenerator<Batch[], void> {
  const epochs = inputs.map(({ loader }) => loader.epoch(0));
  for (;;) {
    const taken = await Promise.all(epochs.map((epoch) => epoch.next()));
    if (taken.some(({ done }) => done)) {
      return;
    }
    yield taken.map(({ value }) => value as Batch);
  }
}

/** The batch's pixels for a forward pass of `size` images. */
function adopted(batch: Batch, size: number): tf.Tensor {
  const { count, shape } = batch;
  const pixels = adoptBatch(batch);
  if (count === size) {
    return pixels;
  }
  try {
    const absent = (size - count) * (shape[0] / count);
    return tf.pad(pixels, [[0, absent], ...Array(3).fill([0, 0])] as [number, number][]);
  } finally {
    pixels.dispose();
  }
}

/**
 * Probabilities, [size, classes]: the mean over the windows of each image and over the members by their shares. Frees the
 * windows.
 */
async function forward(
  inputs: readonly Input[],
  { pixels }: Windows,
  size: number,
): Promise<Float32Array> {
  try {
    let sum: Float32Array | undefined;
    for (const [index, { members }] of inputs.entries()) {
      const windows = pixels[index] as tf.Tensor;
      for (const { classifier, share } of members) {
        const rows = await forwardOf(classifier).async(windows, windows.shape[0] / size);
        sum = added(sum, (await rows.data()) as Float32Array, share);
        rows.dispose();
      }
    }
    return sum as Float32Array;
  } finally {
    tf.dispose(pixels);
  }
}

/** `sum`, zeros when absent, plus `share` of `rows`. */
const added = (sum: Float32Array | undefined, rows: Float32Array, share: number): Float32Array =>
  rows.map((value, index) => (sum?.[index] ?? 0) + share * value);

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
