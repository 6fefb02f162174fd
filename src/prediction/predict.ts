/** Predicts class probabilities of image files: a row for every file, even if it cannot be read. */
import { checkArguments, list, optional, type ShapeOf } from '../arguments.js';
import { imageName } from '../dataset/index.js';
import { expected } from '../errors.js';
import { imageAt, type UnreadableFile } from '../features/index.js';
import { type Head, headsOf } from '../model/index.js';
import { type ClassifyRequest, classify, classifyShape } from './classify.js';
import { type Member, membersOf } from './members.js';

/** A request to {@link predict}. */
export interface PredictRequest extends ClassifyRequest {
  /**
   * The row of an unreadable file, [classes], adding up to 1 for each head of one label. The best choice is the share of each
   * class in the training split, the most probable answer without an image. Default: the same probability for every class; 0 where
   * an image has any number of labels.
   */
  fallback?: ArrayLike<number> | undefined;
}

/** Probabilities of files under one list of classes. */
export interface Prediction {
  /** Absolute paths in the order of the request; for an image inside a shard also its byte range in words. */
  files: string[];
  classes: string[];
  /** [files, classes], float32, each row adding up to 1 for each head of one label. */
  probabilities: Float32Array;
  /** Files with the fallback row, and why they could not be read. */
  failures: UnreadableFile[];
}

const predictShape = {
  ...classifyShape,
  fallback: optional(list('a list of numbers')),
} satisfies ShapeOf<PredictRequest>;

/**
 * Probabilities of `files`. With `crops` of five or ten each file is decoded once, and the probabilities of its windows
 * are averaged after softmax. In a cluster, all workers call it together, and each gets all rows.
 *
 * @throws InvalidInputError as {@link classify} does, and when `fallback` is not a distribution over the classes of each
 *   head, or of any number of labels has a number outside 0 to 1.
 */
export async function predict(request: PredictRequest): Promise<Prediction> {
  checkArguments('predict', request, predictShape);
  const { fallback, ...rest } = request;
  const { classifier } = membersOf(rest, rest.classes)[0] as Member;
  const row = fallbackRow(headsOf(classifier), fallback);
  const { classes, probabilities, failures } = await classify(rest);
  for (const { index } of failures) {
    probabilities.set(row, index * classes.length);
  }
  const { files } = rest;
  const names = Array.from({ length: files.length }, (_, index) =>
    imageName(imageAt(files, index)),
  );
  return { files: names, classes, probabilities, failures };
}

/** The rows of a prediction, one for each file, as views of its probabilities. */
export function rowsOf({ files, classes, probabilities }: Prediction): Float32Array[] {
  return files.map((_, index) =>
    probabilities.subarray(index * classes.length, (index + 1) * classes.length),
  );
}

function fallbackRow(
  heads: readonly Head[],
  given: ArrayLike<number> | undefined,
): ArrayLike<number> {
  const row =
    given === undefined
      ? heads.flatMap(({ classes, labels }) =>
          classes.map(() => (labels === 'one' ? 1 / classes.length : 0)),
        )
      : Array.from(given);
  const columns = (heads.at(-1) as Head).to;
  const isRow =
    row.length === columns &&
    row.every((value) => value >= 0 && value <= 1 + rounding) &&
    heads.every(({ labels, from, to }) => labels === 'any' || addsUp(row.slice(from, to)));
  if (!isRow) {
    const sum = heads.some(({ labels }) => labels === 'one') ? ' that add up to 1' : ' from 0 to 1';
    throw expected(`${columns} numbers${sum}`, 'fallback', String(row));
  }
  return row;
}

const rounding = 1e-3;

const addsUp = (values: readonly number[]): boolean =>
  Math.abs(values.reduce((total, value) => total + value, 0) - 1) < rounding;
