/** Scores predictions from their files alone, so that anyone can compute the scores again. */
import { checkArguments, list, optional, record, type ShapeOf, text } from '../../arguments.js';
import type { Manifest } from '../../dataset/index.js';
import { conflict, expected, missing } from '../../errors.js';
import type { OptionTable } from '../../options.js';
import { scoreNames } from '../metrics/blocks.js';
import {
  type LabelsScoreName,
  type LabelsScores,
  type ResampledLabelsScores,
  resampledLabelsScores,
  thresholdOptions,
} from '../metrics/labels-scores.js';
import { type MeansByKind, meansOf } from '../metrics/means.js';
import {
  type MainScores,
  type ResampledScores,
  resampledScores,
  type Scores,
  type ScoringOptions,
  scoringOptions,
} from '../metrics/scores.js';
import { readPredictions, type TaskPredictions } from '../read-predictions.js';
import { calibrated, type Temperatures } from './calibrate.js';
import { labelsOfManifest, readLabels, withLabels } from './labels.js';

export const scoreOptions = {
  ...scoringOptions,
  ...thresholdOptions,
  calibrate: {
    type: 'boolean',
    default: false,
    help: 'also score the predictions at temperatures that are fitted on other folds',
  },
} as const satisfies OptionTable;

/** A request to {@link scorePredictions}. */
export interface ScorePredictionsRequest extends ScoringOptions {
  /** Files that `evaluate` wrote as its `predictions`: of several tasks, or of parts of the images of one, such as folds. */
  predictions: readonly string[];
  /** A table of labels in the place of those in the predictions: see docs/predictions.md. */
  labels?: string | undefined;
  /** A data set whose labels take the place of those in the predictions. */
  manifest?: Manifest | undefined;
  /** Of tasks of any number of labels: the least probability, 0…1, of the answers. Default: see {@link LabelsScores}. */
  threshold?: number | undefined;
  /** Whether temperatures are fitted, too. Default false. */
  calibrate?: boolean | undefined;
}

const shape = {
  predictions: list('a list of files'),
  labels: optional(text('a file')),
  manifest: optional(record('a manifest, as prepare and loadManifest give it,')),
  ...scoreOptions,
} satisfies ShapeOf<ScorePredictionsRequest>;

/** The scores of a task of one label. */
export interface TaskScores extends Scores {
  task: string;
  /** With `calibrate`: the scores at temperatures out of fold. */
  calibrated?: MainScores & { temperatures: Temperatures };
}

/** The scores of a task of any number of labels: its `labels` is `'any'`. */
export interface LabelsTaskScores extends LabelsScores {
  task: string;
  /** With `calibrate`: the scores at temperatures out of fold. */
  calibrated?: Pick<LabelsScores, LabelsScoreName | 'intervals'> & { temperatures: Temperatures };
}

/** The scores of each task, and with several tasks of a kind their means. */
export interface ScoredPredictions extends MeansByKind {
  tasks: (TaskScores | LabelsTaskScores)[];
}

/**
 * The scores of predictions in files, as {@link scoresOf} and {@link labelsScoresOf} give them. Labels are those of the files, or of `labels` or `manifest`,
 * joined by path, offset and task. The intervals of means draw the images of each task by themselves.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a file is not a table of predictions or labels, with
 *   its line and column, for an image without a label, and for a threshold without a task of any number of labels
 */
export async function scorePredictions(
  request: ScorePredictionsRequest,
): Promise<ScoredPredictions> {
  checkArguments('scorePredictions', request, shape);
  const { predictions, labels: file, manifest, threshold } = request;
  if (predictions.length === 0) {
    throw missing('one file or more', 'predictions');
  }
  if (file !== undefined && manifest !== undefined) {
    throw conflict('labels', 'a data set', 'Both give labels: name one');
  }
  const tables = await readPredictions(predictions, { anyNumber: true, unlabelled: true });
  const labels =
    file === undefined ? manifest && labelsOfManifest(manifest) : await readLabels(file);
  if (threshold !== undefined && tables.every((table) => table.labels === 'one')) {
    const words = tables.map(({ task }) => task).join(', ');
    throw expected('a task of any number of labels', 'threshold', `tasks of one label: ${words}`);
  }
  const scored = tables.map((table) => {
    const labelled = withLabels(table, labels);
    return table.labels === 'any'
      ? scoreLabelsTask(labelled, request)
      : scoreTask(labelled, request);
  });
  return { tasks: scored.map(({ scores }) => scores), ...meansOf(scored) };
}

function scoreTask(
  table: TaskPredictions,
  { resamples, seed, bins, calibrate = false }: ScorePredictionsRequest,
): ResampledScores & { scores: TaskScores } {
  const { task, classes, images } = table;
  const scored = {
    ...{ task, classes, resamples, seed, bins },
    labels: images.map(({ label }) => label),
    maybe: images.map(({ maybe }) => maybe),
  };
  const { scores, replicates } = resampledScores({
    ...scored,
    probabilities: images.map(({ row }) => row),
  });
  if (!calibrate) {
    return { scores: { ...scores, task }, replicates };
  }
  const { temperatures, rows } = calibrated(table, scores.seed);
  const { scores: after } = resampledScores({ ...scored, probabilities: rows });
  const own = { ...mainOf(after, scoreNames), temperatures };
  return { scores: { ...scores, task, calibrated: own }, replicates };
}

function scoreLabelsTask(
  table: TaskPredictions,
  { resamples, seed, bins, threshold, calibrate = false }: ScorePredictionsRequest,
): ResampledLabelsScores & { scores: LabelsTaskScores } {
  const { task, classes, images } = table;
  const scored = {
    ...{ task, classes, resamples, seed, bins, threshold },
    labels: images.map(({ labels = [] }) => labels),
    folds: images.map(({ fold }) => fold),
  };
  const found = resampledLabelsScores({ ...scored, probabilities: images.map(({ row }) => row) });
  const scores = { ...found.scores, task };
  if (!calibrate) {
    return { ...found, scores };
  }
  const { temperatures, rows } = calibrated(table, scores.seed);
  const { scores: after } = resampledLabelsScores({ ...scored, probabilities: rows });
  const names = Object.keys(found.replicates) as LabelsScoreName[];
  return { ...found, scores: { ...scores, calibrated: { ...mainOf(after, names), temperatures } } };
}

/** The scores of one number each, and their intervals. */
function mainOf<
  Name extends string,
  Found extends Partial<Record<Name, number>> & { intervals: object },
>(scores: Found, names: readonly Name[]): Pick<Found, Name | 'intervals'> {
  const present = names.filter((name) => scores[name] !== undefined);
  const main = Object.fromEntries(present.map((name) => [name, scores[name]]));
  return { ...main, intervals: scores.intervals } as Pick<Found, Name | 'intervals'>;
}
