/** Classifies image files: a row of class probabilities for each file that can be read. */
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../arguments.js';
import {
  type ImageFiles,
  type ImageProgress,
  imageAt,
  startClock,
  type UnreadableFile,
} from '../features/index.js';
import { type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { type ClassifiedBatch, classifyPiece } from './batches.js';
import { dividedStream } from './divided.js';
import { type Classifiers, type Member, membersOf } from './members.js';
import { classifyOptions } from './options.js';

/** The progress of a classification. */
export interface ClassifyProgress extends ImageProgress {
  /** Images of `done` that this process has computed; in a cluster, the other workers compute the rest. */
  computed: number;
}

/** A request to {@link classify}. */
export interface ClassifyRequest extends Classifiers, GivenValues<typeof classifyOptions> {
  /** Paths, with a byte range for an image inside a shard, and a box where only a part of an image is looked at. */
  files: ImageFiles;
  /** The expected classes. A classifier with other classes, or in another order, is refused. */
  classes?: readonly string[] | undefined;
  /** Called after each batch. */
  onProgress?: ((progress: ClassifyProgress) => void) | undefined;
  /**
   * Aborting ends the work after the present batch; the call rejects with the signal's reason. In a cluster, the calls of the other
   * workers end, too.
   */
  signal?: AbortSignal | undefined;
}

/** The arguments of {@link classify}, for functions that take them, too. */
export const classifyShape = {
  classifier: optional(record('a classifier')),
  classifiers: optional(list('a list of classifiers')),
  weights: optional(list('a list of numbers')),
  temperatures: optional(list('a list of numbers')),
  task: optional(text('the name of a task')),
  files: list('a list of paths'),
  classes: optional(list('a list of names')),
  onProgress: callback,
  signal,
  ...classifyOptions,
} satisfies ShapeOf<ClassifyRequest>;

/** Probabilities in file order. */
export interface Classification {
  classes: string[];
  /** [files, classes]; the part of each head for one label adds up to 1, but the row of an unreadable file is zero. */
  probabilities: Float32Array;
  failures: UnreadableFile[];
}

/**
 * The classifier's probabilities for each file: it is decoded once, and those of its windows are averaged. An ensemble
 * answers with the weighted mean of its classifiers.
 *
 * @throws InvalidInputError when an argument is unknown, of another kind or out of its range, when a classifier has other
 *   classes than `classes` or a head of another size, and when it gives an image a probability that is not finite.
 */
export async function classify(request: ClassifyRequest): Promise<Classification> {
  checkArguments('classify', request, classifyShape);
  const { classes } = (membersOf(request, request.classes)[0] as Member).classifier;
  const probabilities = new Float32Array(request.files.length * classes.length);
  const failures: UnreadableFile[] = [];
  for await (const batch of classifyBatches(request)) {
    probabilities.set(batch.probabilities, batch.start * classes.length);
    failures.push(...batch.failures);
  }
  return { classes, probabilities, failures };
}

/**
 * Images that share a loader, whose lists and reasons for unreadable images so do not grow with the request. Starting the
 * next loader costs little beside the work on so many images.
 */
const pieceSize = 16_384;

/**
 * Yields the rows of {@link classify} batch by batch, in file order: so the memory for millions of files does not depend on the
 * number of classes. In a cluster (see `cluster`) all workers call it together, with the same images, classifiers and options; each
 * computes a part, and all get all rows. So do the functions that call it: `classify`, `predict` and `evaluate`.
 *
 * @throws InvalidInputError as {@link classify} does.
 */
export async function* classifyBatches(request: ClassifyRequest): AsyncGenerator<ClassifiedBatch> {
  checkArguments('classifyBatches', request, classifyShape);
  const { files, classes, onProgress, signal } = request;
  const members = membersOf(request, classes);
  const options = resolveOptions(classifyOptions, pickOptions(classifyOptions, request));
  const stream = dividedStream({ images: files.length, members, options, signal });
  const clock = startClock(files.length);
  let computed = 0;
  for (let first = 0; first < files.length; first += pieceSize) {
    const length = Math.min(pieceSize, files.length - first);
    const images = Array.from({ length }, (_, index) => imageAt(files, first + index));
    const batches = classifyPiece({ images, first }, members, options, stream);
    for await (const batch of batches) {
      yield batch;
      computed += batch.isOwn ? batch.count : 0;
      onProgress?.({ ...clock(batch.count, batch.waitMs), computed });
    }
  }
}
