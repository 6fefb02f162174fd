/** Classifies image files: a row of class probabilities for each file that can be read. */
import { type ImageFile, imageFile, imageName } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type Classifier, checkHead } from '../model/index.js';
import type { OptionTable, OptionValues } from '../options.js';
import { resolveOptions } from '../options.js';
import { paceOf, secondsLeft } from '../pace.js';
import {
  type Batch,
  createLoader,
  evaluationAugmentation,
  type Loader,
  loaderOptions,
  viewsOf,
} from '../pipeline/index.js';
import { adoptBatch, tf } from '../tensorflow/index.js';
import { checkProbabilities } from './probabilities.js';

/** Options of classifying: windows, batches and threads, for evaluation and prediction alike. */
export const classifyOptions = {
  crops: {
    type: 'choice',
    choices: ['center', 'five', 'ten'],
    default: 'center',
    help: 'windows of each image whose probabilities are averaged: the centre; the centre and four corners; or these five and their mirror images',
  },
  batchSize: {
    type: 'integer',
    default: 32,
    min: 1,
    max: 4096,
    help: 'windows in a batch; a batch has the windows of one image or more',
  },
  threads: loaderOptions.threads,
} as const satisfies OptionTable;

export type ClassifyOptions = OptionValues<typeof classifyOptions>;

/** The progress of a classification. */
export interface ClassifyProgress {
  done: number;
  total: number;
  imagesPerSecond: number;
  /** Share of the time spent waiting for the next batch, 0…1. */
  waitShare: number;
  secondsLeft: number;
}

/** A request to {@link classify}. */
export interface ClassifyRequest extends Partial<ClassifyOptions> {
  classifier: Classifier;
  /** Absolute paths, with a byte range for an image inside a shard. */
  files: readonly (string | ImageFile)[];
  /** The expected classes. A classifier with other classes, or in another order, is refused. */
  classes?: string[];
  onProgress?: (progress: ClassifyProgress) => void;
  /** Aborting ends the work after the present batch; the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A file that could not be read. */
export interface UnreadableFile extends ImageFile {
  /** Index into the files of the request. */
  index: number;
  reason: string;
}

/** Probabilities in file order. */
export interface Classification {
  classes: string[];
  /** [files, classes]; each row adds up to 1, but the row of an unreadable file is zero. */
  probabilities: Float32Array;
  failures: UnreadableFile[];
}

/**
 * Decodes each file once, cuts its windows, and averages the classifier's probabilities over them.
 *
 * The pipeline's threads prepare the next batches while TensorFlow computes, and the event loop runs between batches.
 *
 * @throws InvalidInputError when an option is out of its range, when the classifier has other classes than `classes` or a
 * head of another size, and when it gives an image a probability that is not finite.
 */
export async function classify(request: ClassifyRequest): Promise<Classification> {
  const { classifier, classes: wanted, onProgress, signal, files: given, ...rest } = request;
  const files = given.map(imageFile);
  const options = resolveOptions(classifyOptions, rest);
  const { classes } = classifier;
  if (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(classes)) {
    throw expected(`classes ${wanted.join(', ')}`, 'classifier', classes.join(', '));
  }
  checkHead(classifier);
  const probabilities = new Float32Array(files.length * classes.length);
  const readable = new Uint8Array(files.length);
  if (files.length === 0) {
    return { classes, probabilities, failures: [] };
  }
  const loader = loaderOf(classifier, files, options);
  const clock = startClock(files.length);
  try {
    for await (const batch of loader.epoch(0)) {
      const { indices, count, waitMs } = batch;
      const rows = await forward(classifier, batch);
      const imageOf = (row: number) => imageName(files[indices[row] as number] ?? damagedImage);
      checkProbabilities(rows, classes, imageOf, unsoundWeights);
      for (let row = 0; row < count; row++) {
        const index = indices[row] as number;
        if (index < 0) {
          continue;
        }
        readable[index] = 1;
        const from = row * classes.length;
        probabilities.set(rows.subarray(from, from + classes.length), index * classes.length);
      }
      onProgress?.(clock(count, waitMs));
      signal?.throwIfAborted();
    }
    const reasons = new Map(loader.failures.map((each) => [imageName(each), each.reason]));
    const failures = files.flatMap(({ path, range }, index) => {
      const reason = reasons.get(imageName({ path, range })) ?? 'it gave no pixels';
      return readable[index] === 1 ? [] : [{ index, path, ...(range && { range }), reason }];
    });
    return { classes, probabilities, failures };
  } finally {
    loader.close();
  }
}

const damagedImage = { path: 'a damaged image' };
const unsoundWeights =
  'The weights of the classifier are not sound: train it again, or use another';

function loaderOf(
  { preprocessing }: Classifier,
  files: readonly ImageFile[],
  { crops, batchSize, threads }: ClassifyOptions,
): Loader {
  const augmentation = { ...evaluationAugmentation, crop: crops };
  const images = Math.max(1, Math.floor(batchSize / viewsOf(augmentation)));
  return createLoader({
    samples: files.map((file) => ({ ...file, label: 0 })),
    batchSize: Math.min(images, files.length),
    damaged: 'mark',
    failureBudget: files.length,
    preprocessing,
    augmentation,
    threads,
  });
}

/** Mean probabilities over each image's windows, [images, classes]. */
async function forward({ model, classes }: Classifier, batch: Batch): Promise<Float32Array> {
  const { count } = batch;
  const mean = tf.tidy(() => {
    const windows = model.predict(adoptBatch(batch)) as tf.Tensor2D;
    return windows.reshape([count, windows.shape[0] / count, classes.length]).mean(1);
  });
  try {
    return (await mean.data()) as Float32Array;
  } finally {
    mean.dispose();
  }
}

function startClock(total: number): (count: number, waitMs: number) => ClassifyProgress {
  const start = performance.now();
  let done = 0;
  let waited = 0;
  return (count, waitMs) => {
    done += count;
    waited += waitMs;
    const elapsedMs = performance.now() - start;
    const pace = paceOf({ images: done, elapsedMs, waitMs: waited });
    return { done, total, ...pace, secondsLeft: secondsLeft(pace, { images: total - done }) };
  };
}
