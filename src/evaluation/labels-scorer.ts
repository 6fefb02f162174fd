/** Scores probabilities row by row, in a task of any number of labels. It keeps the rows, since metrics and thresholds order them. */
import { labelText, resolveSample, type Sample } from '../dataset/index.js';
import type { UnreadableFile } from '../features/index.js';
import { checkProbabilities } from '../prediction/index.js';
import { rankOf } from './metrics/answers.js';
import {
  curveAveragePrecision,
  curveFrom,
  curveThreshold,
  middleThreshold,
} from './metrics/class-curve.js';
import { type ClassScore, type MeanScores, meanScores, scoreOf } from './metrics/class-scores.js';
import { meanAveragePrecision } from './metrics/competition.js';
import {
  type Evaluation,
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

  constructor(private readonly scored: Omit<ScoredSplit, 'samples'>) {}

  add(sample: Sample, row: Float32Array): void {
    const { task } = this.scored;
    checkProbabilities(row, task.classes, () => `${sample.path} of task ${task.name}`);
    this.images.push({ sample, labels: sample.labels ?? [], row: row.slice() });
  }

  evaluation(failures: UnreadableFile[]): Evaluation {
    const images = this.images.map((image): AnsweredImage => ({ ...image, answered: [] }));
    const { task, split } = this.scored;
    if (images.length === 0) {
      throw unreadable(this.scored, failures);
    }
    const folds = images.map(({ sample }) => sample.fold);
    const scores = task.classes.map((name, index) => scoreClass({ name, index }, images, folds));
    const averages = scores.flatMap(({ averagePrecision }) => averagePrecision ?? []);
    const wrong = images.filter((image) => !isRight(image));
    return {
      task: task.name,
      split,
      labels: 'any',
      classes: task.classes,
      images: images.length,
      accuracy: (images.length - wrong.length) / images.length,
      meanReciprocalRank: reciprocalRank(images),
      ...(averages.length > 0 && { meanAveragePrecision: meanAveragePrecision(averages) }),
      majority: mostFrequent(images) / images.length,
      micro: microScores(scores),
      macro: meanScores(scores, 'macro'),
      weighted: meanScores(scores, 'weighted'),
      classScores: scores,
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

/** Scores a class, and adds it to the answers of the images whose probability reaches their fold's threshold. */
function scoreClass(
  { name, index }: { name: string; index: number },
  images: readonly AnsweredImage[],
  folds: readonly (number | undefined)[],
): ClassScore {
  const shown = images.map(({ labels }) => labels.includes(index));
  const scores = Float64Array.from(images, ({ row }) => row[index] as number);
  const counts = { name, images: 0, predicted: 0, right: 0 };
  const thresholds = thresholdsOf(shown, scores, folds);
  for (const [at, { answered }] of images.entries()) {
    const isShown = shown[at] === true;
    const isAnswered = (scores[at] as number) >= (thresholds.get(folds[at]) as number);
    counts.images += isShown ? 1 : 0;
    counts.predicted += isAnswered ? 1 : 0;
    counts.right += isShown && isAnswered ? 1 : 0;
    if (isAnswered) {
      answered.push(index);
    }
  }
  const curve = curveFrom(shown, scores);
  const threshold = thresholds.size > 1 ? curveThreshold(curve) : undefined;
  return {
    ...scoreOf(counts),
    averagePrecision: curveAveragePrecision(curve),
    threshold: threshold ?? middleThreshold,
  };
}

/** The threshold of each fold, chosen on all others; the middle one where there are none, or none that shows the class. */
function thresholdsOf(
  shown: readonly boolean[],
  scores: Float64Array,
  folds: readonly (number | undefined)[],
): Map<number | undefined, number> {
  const thresholds = new Map<number | undefined, number>();
  for (const fold of new Set(folds)) {
    const others = curveFrom(shown, scores, (image) => folds[image] !== fold);
    thresholds.set(fold, curveThreshold(others) ?? middleThreshold);
  }
  return thresholds;
}

const isRight = ({ labels, answered }: AnsweredImage): boolean =>
  labels.length === answered.length && labels.every((label, at) => label === answered[at]);

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

function microScores(scores: readonly ClassScore[]): MeanScores {
  const sum = (part: 'images' | 'predicted' | 'right') =>
    scores.reduce((total, score) => total + score[part], 0);
  const all = { name: '', images: sum('images'), predicted: sum('predicted'), right: sum('right') };
  const { precision = 0, recall = 0, f1 = 0 } = scoreOf(all);
  return { precision, recall, f1 };
}
