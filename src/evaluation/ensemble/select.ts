/** Chooses the weights of an ensemble from predictions of images that no member was trained on. */
import { checkArguments, choice, list, optional, type ShapeOf } from '../../arguments.js';
import { missing } from '../../errors.js';
import { type Columns, type MeanName, meanNames, means } from '../../prediction/index.js';
import { checkPredictions } from './check.js';
import {
  haveLists,
  type MetricName,
  metricNames,
  metrics,
  scoreBy,
  type Truth,
} from './metrics.js';
import { ensembleOptions } from './options.js';

/** Predictions and labels of the same images. */
export interface SelectRequest extends Truth {
  /** Of each candidate: [images, classes], with rows in the order of `labels`. */
  predictions: readonly Float32Array[];
  metric: MetricName;
  /** Default `arithmetic`. */
  mean?: MeanName | undefined;
  /** Members at most, of which each may be taken several times. Default 50. */
  rounds?: number | undefined;
}

/** A member that the ensemble got. */
export interface SelectionStep {
  /** The index of its predictions. */
  candidate: number;
  /** The score of the ensemble with it. */
  score: number;
}

/** How much each candidate counts in the ensemble that `selectEnsemble` chose. */
export interface Selection {
  /** The share of each candidate, 0…1; they add up to 1. */
  weights: number[];
  /** The score of the ensemble: on the images that chose it, so it is too good. */
  score: number;
  /** The score of each candidate alone. */
  alone: number[];
  /** The members in the order in which they were added. */
  steps: SelectionStep[];
}

const shape = {
  predictions: list('a list of [images, classes]'),
  labels: list('a list of labels'),
  maybe: optional(list('a list of lists of classes')),
  metric: choice(...metricNames),
  mean: optional(choice(...meanNames)),
  rounds: ensembleOptions.rounds,
} satisfies ShapeOf<SelectRequest>;

/**
 * Greedy ensemble selection with replacement (Caruana et al. 2004, "Ensemble selection from libraries of models"). The candidates are
 * sorted by their own score, and the ensemble begins with as many of the best as score best together. Then the candidate with which
 * the ensemble scores best joins it, again and again, up to `rounds` members; one may join several times. The shares are those of the
 * ensemble that scored best on the way, the smallest of equal ones.
 *
 * It computes the score of at most (rounds + 1) · candidates ensembles.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when the predictions have no rows of one length, one for each
 *   label, when one is not finite, and when the metric has no value for these labels
 */
export function selectEnsemble(request: SelectRequest): Selection {
  checkArguments('selectEnsemble', request, shape);
  checkPredictions(request.predictions, request);
  const board = new Board(request);
  const alone = request.predictions.map((_, candidate) => board.with(candidate));
  const order = alone.map((_, index) => index).sort((a, b) => board.compare(alone[a], alone[b]));
  const start = order.map((candidate) => ({ candidate, score: board.add(candidate) }));
  const steps = start.slice(0, board.best(start) + 1);
  board.clear();
  for (const { candidate } of steps) {
    board.add(candidate);
  }
  while (steps.length < (request.rounds ?? ensembleOptions.rounds.default)) {
    const tried = order.map((candidate) => ({ candidate, score: board.with(candidate) }));
    const next = tried[board.best(tried)] as SelectionStep;
    board.add(next.candidate);
    steps.push(next);
  }
  const kept = steps.slice(0, board.best(steps) + 1);
  const weights = alone.map(
    (_, index) => kept.filter(({ candidate }) => candidate === index).length / kept.length,
  );
  return { weights, score: (kept.at(-1) as SelectionStep).score, alone, steps: kept };
}

/** An ensemble that grows, and its score. */
class Board {
  private readonly terms: Float32Array[];
  private readonly heads: Columns[];
  private readonly sum: Float64Array;
  private members = 0;
  /** The mean of the terms of the ensemble that is scored. */
  private readonly trial: Float32Array;

  constructor(private readonly request: SelectRequest) {
    const { predictions, labels } = request;
    const { length } = predictions[0] as Float32Array;
    const kind = haveLists(labels) ? 'any' : 'one';
    this.heads = [{ labels: kind, from: 0, to: length / labels.length }];
    this.terms = predictions.map((each) => this.mean.terms(each, this.heads));
    this.sum = new Float64Array(length);
    this.trial = new Float32Array(length);
  }

  /** The score of the ensemble with one more member. */
  with(candidate: number): number {
    const { sum, trial, members, heads, request } = this;
    const terms = this.terms[candidate] as Float32Array;
    for (let index = 0; index < trial.length; index++) {
      trial[index] = ((sum[index] as number) + (terms[index] as number)) / (members + 1);
    }
    const probabilities = this.mean.probabilities(trial, heads);
    const { metric, labels } = request;
    const columns = trial.length / labels.length;
    const rows = Array.from({ length: labels.length }, (_, row) =>
      probabilities.subarray(row * columns, (row + 1) * columns),
    );
    const score = scoreBy(metric, rows, request);
    if (score === undefined) {
      throw missing('a value', metric, 'No image counts in it: choose another metric');
    }
    return score;
  }

  /** Adds a member; the score with it. */
  add(candidate: number): number {
    const score = this.with(candidate);
    const terms = this.terms[candidate] as Float32Array;
    for (let index = 0; index < terms.length; index++) {
      this.sum[index] = (this.sum[index] as number) + (terms[index] as number);
    }
    this.members++;
    return score;
  }

  clear(): void {
    this.sum.fill(0);
    this.members = 0;
  }

  /** Sorts better scores first. */
  compare(one = 0, other = 0): number {
    return metrics[this.request.metric].better === 'higher' ? other - one : one - other;
  }

  /** The index of the best score, of equal ones the first. */
  best(steps: readonly SelectionStep[]): number {
    return steps.reduce(
      (best, { score }, index) => (this.compare(score, steps[best]?.score) < 0 ? index : best),
      0,
    );
  }

  private get mean() {
    return means[this.request.mean ?? 'arithmetic'];
  }
}
