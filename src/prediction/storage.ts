/** Stores predictions as JSON files, to continue stopped work and for other programs. */
import { isObject, openSealed, readRegular, sealed, writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import type { Prediction } from './predict.js';
import { checkProbabilities } from './probabilities.js';

/** A prediction as it is stored. */
export interface StoredPrediction extends Prediction {
  /** A digest of the model and the images, by which a program can tell whether the prediction is still that of both. */
  origin?: string;
}

/** How far above 1 a mean of probabilities may be: the rounding of float32. */
const rounding = 1e-4;

/**
 * Writes `prediction` to `file`, whole or not at all. Probabilities keep all digits of float32.
 *
 * @throws InvalidInputError for a probability that is not finite.
 */
export async function savePrediction(prediction: StoredPrediction, file: string): Promise<void> {
  checkProbabilities(
    prediction.probabilities,
    prediction.classes,
    (row) => prediction.files[row] as string,
  );
  const probabilities = Array.from(prediction.probabilities);
  await writeWhole(file, sealed({ ...prediction, probabilities }));
}

/**
 * Reads a file of {@link savePrediction} and checks it by its hash.
 *
 * @throws InvalidInputError when the file is damaged, or when its probabilities do not fit its files and classes or are not
 *   from 0 to 1.
 */
export async function loadPrediction(file: string): Promise<StoredPrediction> {
  const remedy = `Remove ${file} and predict again`;
  const { files, classes, probabilities, failures, origin } = openSealed(
    await readRegular(file),
    file,
    remedy,
  );
  const isWhole = isTexts(files) && isTexts(classes) && Array.isArray(probabilities);
  if (!isWhole || !isFailures(failures, files.length)) {
    throw expected('files, classes, probabilities and failures', file, 'others', remedy);
  }
  if (probabilities.length !== files.length * classes.length) {
    const what = `${files.length} rows of ${classes.length} probabilities`;
    throw expected(what, file, probabilities.length, remedy);
  }
  // JSON has null for a number that is not finite.
  const numbers = Float32Array.from(probabilities, (each) =>
    typeof each === 'number' ? each : Number.NaN,
  );
  checkProbabilities(numbers, classes, (row) => `${files[row]} in ${file}`, remedy);
  const wrong = numbers.find((each) => each < 0 || each > 1 + rounding);
  if (wrong !== undefined) {
    throw expected('probabilities from 0 to 1', file, wrong, remedy);
  }
  return {
    files,
    classes,
    probabilities: numbers,
    failures,
    ...(typeof origin === 'string' && { origin }),
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isFailures = (value: unknown, files: number): value is Prediction['failures'] =>
  Array.isArray(value) &&
  value.every(
    (each) =>
      isObject(each) &&
      Number.isInteger(each.index) &&
      (each.index as number) >= 0 &&
      (each.index as number) < files &&
      typeof each.path === 'string' &&
      typeof each.reason === 'string',
  );
