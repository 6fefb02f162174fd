/** Predicts class probabilities of image files: a row for every file, also for one that cannot be read. */
import { imageFile, imageName } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type ClassifyRequest, classify, type UnreadableFile } from './classify.js';

/** What {@link predict} takes. */
export interface PredictRequest extends ClassifyRequest {
  /**
   * The row an unreadable file gets, [classes], adding up to 1: best the share of each class in the training split,
   * which is the most probable answer when nothing is seen. Uniform when not given.
   */
  fallback?: ArrayLike<number>;
}

/** Probabilities of files under one list of classes. */
export interface Prediction {
  /** Files in request order, absolute; where an image is a part of one, with the part's place in words. */
  files: string[];
  classes: string[];
  /** [files, classes], float32, each row adding up to 1. */
  probabilities: Float32Array;
  /** Files that got the fallback row, and why. */
  failures: UnreadableFile[];
}

/** Probabilities of `files`; with `crops` of five or ten each is decoded once and its windows are averaged after softmax. */
export async function predict({ fallback, ...request }: PredictRequest): Promise<Prediction> {
  const row = fallbackRow(request.classifier.classes.length, fallback);
  const { classes, probabilities, failures } = await classify(request);
  for (const { index } of failures) {
    probabilities.set(row, index * classes.length);
  }
  const files = request.files.map((file) => imageName(imageFile(file)));
  return { files, classes, probabilities, failures };
}

/** A prediction's rows, one a file, as views of its probabilities. */
export function rowsOf({ files, classes, probabilities }: Prediction): Float32Array[] {
  return files.map((_, index) =>
    probabilities.subarray(index * classes.length, (index + 1) * classes.length),
  );
}

function fallbackRow(classes: number, given: ArrayLike<number> | undefined): ArrayLike<number> {
  const row = given ?? new Float32Array(classes).fill(1 / classes);
  const sum = Array.from(row).reduce((total, value) => total + value, 0);
  if (row.length !== classes || !(Math.abs(sum - 1) < 1e-3)) {
    throw expected(`${classes} numbers that add up to 1`, 'fallback', Array.from(row));
  }
  return row;
}
