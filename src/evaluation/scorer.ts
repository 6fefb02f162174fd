/** Scores probabilities row by row, in a task of one label: of each image only its answer is kept. */
import {
  type ByteRange,
  type Manifest,
  resolveSample,
  type Sample,
  type Samples,
  type Split,
  type Task,
} from '../dataset/index.js';
import { missing } from '../errors.js';
import type { UnreadableFile } from '../features/index.js';
import { count } from '../plural.js';
import { checkProbabilities } from '../prediction/index.js';
import { type Answer, answerOf } from './metrics/answers.js';
import {
  type ClassScore,
  type Confused,
  classScores,
  confusedClasses,
  type MeanScores,
  meanScores,
} from './metrics/class-scores.js';
import { isRight } from './metrics/competition.js';
import type { TaskMeans, TaskResamples } from './metrics/means.js';
import { mainScores } from './metrics/scores.js';

/** An image whose top class is not its label, or whose answered classes are not all its labels and no others. */
export interface WrongAnswer {
  /** As in `Sample.path`. */
  path: string;
  /** Absolute. */
  file: string;
  /** The part of the file that is the image; the whole file without it. */
  range?: ByteRange;
  /** The class of its label, or several with commas between them, or `none`. */
  truth: string;
  /** Its top class, or the classes that it was answered with, in the same form. */
  prediction: string;
  /**
   * Probability of the predicted class, 0…1. In a task of any number of labels: of the classes that are wrong, the greatest
   * probability of the wrong side, p of a class that it does not show and 1 − p of one that it does.
   */
  probability: number;
}

/**
 * Scores of one task on one split; every share is 0…1.
 *
 * In a task of any number of labels, an image is answered with all classes whose probability reaches their threshold. If images of
 * several folds are scored, the thresholds of each fold are those with the greatest F1 on the other folds, so no image has a part in
 * the thresholds that it is scored by; otherwise they are 0.5.
 */
export interface Evaluation {
  /** The name of the task. */
  task: string;
  /** The split whose images were scored. */
  split: Split;
  /** The epoch of the weights, if they are of one classifier that records it. */
  epoch?: number;
  /** Present in a task of any number of labels. */
  labels?: 'any';
  /** The names of the task's classes, in label order. */
  classes: string[];
  /** Number of scored images: those of the split that could be read. */
  images: number;
  /** Share of the images whose top class is their label, or whose answered classes are all their labels and no others. */
  accuracy: number;
  /** The competition's: without the images whose top class is marked maybe. Absent if that is all of them. */
  basicPrecision?: number;
  /**
   * Mean of 1 / rank, where rank is the label's position, from 1, among the classes by falling probability; of several labels the
   * first one's. Images without labels are left out; 0 if all are.
   */
  meanReciprocalRank: number;
  /** The task's AP: see {@link averagePrecision}. Absent as {@link basicPrecision} is. */
  averagePrecision?: number;
  /**
   * In a task of any number of labels: the mean over the classes with images of their average precision, as scikit-learn's
   * `average_precision_score` with `macro`. Absent if no class has an image.
   */
  meanAveragePrecision?: number;
  /** Accuracy of a classifier that always answers the split's most frequent class, or most frequent set of labels. */
  majority: number;
  /** In a task of any number of labels: precision, recall and F1 of all answers of all classes together. */
  micro?: MeanScores;
  /** Means over the classes, each of the same weight. As in scikit-learn, a class without images or answers is left out. */
  macro: MeanScores;
  /** Means over the classes, each weighted by its number of images. */
  weighted: MeanScores;
  /** In a task of one label: see {@link averagePrecisionByThreshold}. */
  averagePrecisionByThreshold?: number;
  /** In a task of one label: see {@link balancedAccuracy}. */
  balancedAccuracy?: number;
  /** See {@link logLoss}, and {@link LabelsScores} for a task of any number of labels. */
  logLoss?: number;
  /** In a task of one label: see {@link brierScore}. */
  brierScore?: number;
  /** See {@link expectedCalibrationError}, and {@link LabelsScores} for a task of any number of labels; with 15 bins. */
  expectedCalibrationError?: number;
  /**
   * The 95 % intervals of the scores, from 1000 resamples: see {@link scoresOf} and {@link labelsScoresOf}. `macroF1` is `macro.f1`, and
   * `microF1` is `micro.f1`.
   */
  intervals?: TaskMeans['intervals'];
  /** Precision, recall and F1 of each class, in the order of `classes`. */
  classScores: ClassScore[];
  /** The wrong answers counted by truth and prediction, the most frequent first; none in a task of any number of labels. */
  confused: Confused[];
  /** All wrong answers, the most confident first. */
  mistakes: WrongAnswer[];
  /** The images that could not be read, which no score counts. */
  failures: UnreadableFile[];
}

/** What is scored: the samples of one task in one split. */
export interface ScoredSplit {
  manifest: Manifest;
  task: Task;
  split: Split;
  samples: Samples;
}

/** Takes a row of probabilities for each sample that could be read. */
export interface RowScorer {
  /**
   * @param row [classes]; it may change after the call
   * @throws InvalidInputError for a probability that is not finite
   */
  add(sample: Sample, row: Float32Array): void;
  /** @throws InvalidInputError when no image could be read */
  evaluation(failures: UnreadableFile[]): Evaluation;
}

/** Takes the scores of a task, and what they were in each resample. */
export type OnResampled = (resampled: TaskResamples) => void;

export class Scorer implements RowScorer {
  private readonly answers: Answer[] = [];
  private readonly mistakes: WrongAnswer[] = [];

  constructor(
    private readonly scored: Omit<ScoredSplit, 'samples'>,
    private readonly onResampled?: OnResampled,
  ) {}

  add(sample: Sample, row: Float32Array): void {
    const { task } = this.scored;
    checkProbabilities(row, task.classes, () => `${sample.path} of task ${task.name}`);
    const answer = answerOf(row, sample.label, sample.maybe);
    this.answers.push(answer);
    if (!isRight(answer)) {
      this.mistakes.push(this.mistake(sample, answer));
    }
  }

  evaluation(failures: UnreadableFile[]): Evaluation {
    const { answers, mistakes } = this;
    const { task, split } = this.scored;
    if (answers.length === 0) {
      throw unreadable(this.scored, failures);
    }
    const scores = classScores(answers, task.classes);
    const resampled = mainScores(answers, { name: task.name });
    this.onResampled?.(resampled);
    const { macroF1: _, ...main } = resampled.scores;
    const most = scores.reduce((greatest, { images }) => Math.max(greatest, images), 0);
    return {
      task: task.name,
      split,
      classes: task.classes,
      images: answers.length,
      ...main,
      majority: most / answers.length,
      macro: meanScores(scores, 'macro'),
      weighted: meanScores(scores, 'weighted'),
      classScores: scores,
      confused: confusedClasses(answers, task.classes),
      mistakes: mistakes.sort((a, b) => b.probability - a.probability),
      failures,
    };
  }

  private mistake({ path, range }: Sample, { label, top, probability }: Answer): WrongAnswer {
    const { manifest, task } = this.scored;
    return {
      path,
      file: resolveSample(manifest, path),
      ...(range && { range }),
      truth: task.classes[label] as string,
      prediction: task.classes[top] as string,
      probability,
    };
  }
}

/** The error where no image could be read. */
export function unreadable(
  { manifest, task, split }: Omit<ScoredSplit, 'samples'>,
  failures: UnreadableFile[],
): Error {
  const [first] = failures;
  const images = count(failures.length, 'image');
  const example = first === undefined ? '' : `; the first is ${first.path}: ${first.reason}`;
  const remedy = `None of the ${images} of the ${split} split in ${manifest.root} can be read${example}. If they moved, name their folder by --images (in a program, loadManifest takes \`images\`)`;
  return missing('images that can be read', `task ${task.name}`, remedy);
}
