/** What an exported network answers in TensorFlow or ONNX Runtime, beside Bobbin's answers to the same images. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuiltClassifier, forwardOf, headsOf } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { levelsFor } from './classifiers.js';
import { computedByPython } from './python/python.js';

const images = 5;

/** The greatest difference of a probability that is accepted, 0…1. */
export const tolerance = 1e-4;

/** An export in a folder, and what Bobbin answers to the images that lie in it. */
export interface Asked {
  folder: string;
  heads: ReturnType<typeof headsOf>;
  /** [images, columns]. */
  rows: number[][];
}

/** Puts images beside an export. */
export function withImages(folder: string, classifier: BuiltClassifier): Asked {
  const levels = levelsFor(classifier, images);
  writeFileSync(path.join(folder, 'levels.bin'), levels.dataSync());
  const rows = ownAnswers(classifier, levels);
  levels.dispose();
  return { folder, heads: headsOf(classifier), rows };
}

/** Bobbin's own probabilities, [images, columns], of levels. */
const ownAnswers = (classifier: BuiltClassifier, levels: tf.Tensor): number[][] =>
  tf.tidy(() => {
    const { channels, mean, std } = classifier.preprocessing;
    const ordered = channels === 'bgr' ? levels.reverse(3) : levels;
    return forwardOf(classifier)(ordered.sub(mean).div(std), 1).arraySync();
  });

/**
 * For each export the largest difference of a probability from Bobbin's, 0…1.
 *
 * @throws AssertionError when classes have other names, or when all images have the same answers, which would say nothing
 */
export function differencesInPython(asked: readonly Asked[]): number[] {
  const computed = computedByPython(asked.map(({ folder }) => folder));
  return asked.map(({ folder, heads, rows }, index) => {
    const apart = heads.map(({ task, classes, from, to }) => {
      const name = heads.length === 1 ? 'probabilities' : task;
      const answer = computed[index]?.[name];
      assert.deepEqual(answer?.classes, classes, `${folder}: ${name}`);
      const own = rows.map((row) => row.slice(from, to));
      assert.ok(spread(own) > 10 * tolerance, `${folder}: all images have the same ${name}`);
      return apartAtMost(own, answer.probabilities);
    });
    return Math.max(...apart);
  });
}

/** How far the images are apart, in the class in which they are farthest apart. */
const spread = (rows: number[][]): number =>
  Math.max(...rows.flatMap((row) => rows.map((other) => apartAtMost([row], [other]))));

/** NaN where an answer is missing. */
const apartAtMost = (rows: number[][], others: number[][]): number =>
  Math.max(
    ...rows.flatMap((row, image) =>
      row.map((value, column) => Math.abs(value - (others[image]?.[column] ?? Number.NaN))),
    ),
  );
