/** Stores predictions as JSON files, to continue stopped work and for other programs. */
import { readFile } from 'node:fs/promises';
import { writeWhole } from '../atomic-file.js';
import { expected } from '../errors.js';
import type { Prediction } from './predict.js';

/** Writes `prediction` to `file`, whole or not at all. Probabilities keep all digits of float32. */
export async function savePrediction(prediction: Prediction, file: string): Promise<void> {
  const probabilities = Array.from(prediction.probabilities);
  await writeWhole(file, JSON.stringify({ ...prediction, probabilities }));
}

/**
 * Reads a file of {@link savePrediction}.
 *
 * @throws InvalidInputError when the number of probabilities does not fit the files and classes.
 */
export async function loadPrediction(file: string): Promise<Prediction> {
  const stored = JSON.parse(await readFile(file, 'utf8'));
  const probabilities = Float32Array.from(stored.probabilities);
  if (probabilities.length !== stored.files.length * stored.classes.length) {
    throw expected(
      `${stored.files.length} rows of ${stored.classes.length} probabilities`,
      file,
      probabilities.length,
    );
  }
  return { ...stored, probabilities };
}
