/** Scores probabilities row by row, in a task of any number of labels. It keeps the rows, since metrics and thresholds order them. */
import { labelText, resolveSample, type Sample } from '../dataset/index.js';
import type { UnreadableFile } from '../features/index.js';
import { checkProbabilities } from '../prediction/index.js';
import { rankOf } from './metrics/answers.js';
import { isExact } from './metrics/labels-answers.js';
import { resampledLabelsScores } from './metrics/labels-scores.js';
import {
  type Evaluation,
  type OnResampled,
  type RowScorer,
  type ScoredSplit,
  unreadable,
  type WrongAnswer,
} from './scorer.js';

interface ScoredImage {
  sample: Sample;
  /** Ascending. */
  labels: readonly number[];
  row: Float32Array;
}

interface AnsweredImage extends ScoredImage {
  /** The classes that it is answered with, ascending. */
  answered: number[];
}

/** See the file's heading. */
export class LabelsScorer implements RowScorer {
  private readonly images: ScoredImage[] = [];

  constructor(
    private readonly scored: Omit<ScoredSplit, 'samples'>,
    private readonly onResampled?: OnResampled,
  ) {}

  add(sample: Sample, row: Float32Array): void {
    const { task } = this.scored;
    checkProbabilities(row, task.classes, () => `${sample.path} of task ${task.name}`);
    this.images.push({ sample, labels: sample.labels ?? [], row: row.slice() });
  }

  evaluation(failures: UnreadableFile[]): Evaluation {
    const { images } = this;
    const { task, split } = this.scored;
    if (images.length === 0) {
      throw unreadable(this.scored, failures);
    }
    const resampled = resampledLabelsScores({
      ...{ task: task.name, classes: task.classes },
      probabilities: images.map(({ row }) => row),
      labels: images.map(({ labels }) => labels),
      folds: images.map(({ sample }) => sample.fold),
    });
    this.onResampled?.(resampled);
    const { resamples: _, seed: __, microF1, macroF1, classScores, ...scores } = resampled.scores;
    const wrong = images
      .map((image, index) => ({ ...image, answered: resampled.answered[index] as number[] }))
      .filter(({ labels, answered }) => !isExact(labels, answered));
    return {
      ...{ ...scores, task: task.name, split, classes: task.classes },
      meanReciprocalRank: reciprocalRank(images),
      majority: mostFrequent(images) / images.length,
      classScores: classScores.map(({ intervals: _, ...score }) => score),
      confused: [],
      mistakes: wrong
        .map((image) => this.mistake(image))
        .sort((a, b) => b.probability - a.probability),
      failures,
    };
  }

  private mistake({ sample, labels, answered, row }: AnsweredImage): WrongAnswer {
    const { manifest, task } = this.scored;
    const { path, range } = sample;
    const missed = labels.filter((label) => !answered.includes(label));
    const invented = answered.filter((label) => !labels.includes(label));
    return {
      path,
      file: resolveSample(manifest, path),
      ...(range && { range }),
      truth: labelText(sample, task.classes),
      prediction: labelText({ label: -1, labels: answered }, task.classes),
      probability: Math.max(
        ...missed.map((label) => 1 - (row[label] as number)),
        ...invented.map((label) => row[label] as number),
      ),
    };
  }
}

function reciprocalRank(images: readonly ScoredImage[]): number {
  let [sum, count] = [0, 0];
  for (const { labels, row } of images) {
    if (labels.length > 0) {
      sum += 1 / Math.min(...labels.map((label) => rankOf(row, label)));
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** How many images have the most frequent set of labels. */
function mostFrequent(images: readonly ScoredImage[]): number {
  const counts = new Map<string, number>();
  for (const { labels } of images) {
    const set = labels.join();
    counts.set(set, (counts.get(set) ?? 0) + 1);
  }
  return [...counts.values()].reduce((most, count) => Math.max(most, count));
}
