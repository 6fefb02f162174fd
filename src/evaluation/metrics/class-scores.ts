/** Precision, recall and F1 of each class, their means, and which classes were taken for which. */
import type { Answer } from './answers.js';

/** What the scores of classes need of an answer. */
type Labelled = Pick<Answer, 'label' | 'top'>;

/** One class: of its images, how many were answered with it, and of the answers with it, how many were right. */
export interface ClassScore {
  /** The class. */
  name: string;
  /** Images whose label is the class, or that have it among their labels. */
  images: number;
  /** Images whose top class is the class, or that were answered with it among others. */
  predicted: number;
  /** Images of which both are true. */
  right: number;
  /** right / predicted, 0…1; absent if nothing was predicted as the class. */
  precision?: number;
  /** right / images, 0…1; absent if the class has no image. */
  recall?: number;
  /** The harmonic mean, 2 · right / (images + predicted), 0…1; absent if both are 0. */
  f1?: number;
  /** In a task of any number of labels: see {@link averagePrecisionScore}, 0…1; absent if the class has no image. */
  averagePrecision?: number;
  /**
   * In a task of any number of labels: the least probability, 0…1, from which on new images are best answered with the class. If
   * images of several folds were scored, it is that of the greatest F1 of them all; otherwise it is 0.5.
   */
  threshold?: number;
}

/** How many images of one class were taken for another. */
export interface Confused {
  /** The class of their labels. */
  truth: string;
  /** The class that was answered. */
  prediction: string;
  /** How many there are. */
  images: number;
}

/** Means over classes, 0…1. */
export interface MeanScores {
  precision: number;
  recall: number;
  f1: number;
}

/** The score of each class, in the order of `classes`. */
export function classScores(
  answers: readonly Labelled[],
  classes: readonly string[],
): ClassScore[] {
  const counts = classes.map((name) => ({ name, images: 0, predicted: 0, right: 0 }));
  for (const { label, top } of answers) {
    (counts[label] as ClassScore).images++;
    (counts[top] as ClassScore).predicted++;
    if (label === top) {
      (counts[top] as ClassScore).right++;
    }
  }
  return counts.map(scoreOf);
}

/** The shares that follow from a class's counts. */
export const scoreOf = ({
  name,
  images,
  predicted,
  right,
}: Pick<ClassScore, 'name' | 'images' | 'predicted' | 'right'>): ClassScore => ({
  name,
  images,
  predicted,
  right,
  precision: ratio(right, predicted),
  recall: ratio(right, images),
  f1: ratio(2 * right, images + predicted),
});

const ratio = (part: number, whole: number) => (whole === 0 ? undefined : part / whole);

/** The wrong answers by truth and prediction, the most frequent first; equally frequent ones in the order of `classes`. */
export function confusedClasses(
  answers: readonly Labelled[],
  classes: readonly string[],
): Confused[] {
  // A map, since a matrix of 20 000 classes would take gigabytes.
  const counts = new Map<number, number>();
  for (const { label, top } of answers) {
    if (label !== top) {
      const pair = label * classes.length + top;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([pairA, a], [pairB, b]) => b - a || pairA - pairB)
    .map(([pair, images]) => ({
      truth: classes[Math.floor(pair / classes.length)] as string,
      prediction: classes[pair % classes.length] as string,
      images,
    }));
}

/**
 * Means in which all classes weigh the same (`macro`), or each as much as it has images (`weighted`). As in scikit-learn, a class
 * belongs to them if it has an image or was predicted, and a score that is absent counts as 0.
 */
export function meanScores(scores: readonly ClassScore[], kind: 'macro' | 'weighted'): MeanScores {
  const occurring = scores.filter(({ images, predicted }) => images + predicted > 0);
  const weightOf = ({ images }: ClassScore) => (kind === 'macro' ? 1 : images);
  const total = occurring.reduce((sum, score) => sum + weightOf(score), 0);
  // Images of a task of any number of labels may all have none.
  const mean = (shareOf: (score: ClassScore) => number | undefined) =>
    occurring.reduce((sum, score) => sum + weightOf(score) * (shareOf(score) ?? 0), 0) /
    (total || 1);
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
  };
}
