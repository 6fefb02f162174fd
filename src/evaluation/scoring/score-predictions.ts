/** Scores predictions from their files alone, so that anyone can compute the scores again. */
import { checkArguments, list, optional, record, type ShapeOf, text } from '../../arguments.js';
import type { Manifest } from '../../dataset/index.js';
import { conflict, expected, missing } from '../../errors.js';
import type { OptionTable } from '../../options.js';
import { scoreNames } from '../metrics/blocks.js';
import { meansOf, type TaskMeans } from '../metrics/means.js';
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
  /** Whether temperatures are fitted, too. Default false. */
  calibrate?: boolean | undefined;
}

const shape = {
  predictions: list('a list of files'),
  labels: optional(text('a file')),
  manifest: optional(record('a manifest, as prepare and loadManifest give it,')),
  ...scoreOptions,
} satisfies ShapeOf<ScorePredictionsRequest>;

/** The scores of a task. */
export interface TaskScores extends Scores {
  task: string;
  /** With `calibrate`: the scores at temperatures out of fold. */
  calibrated?: MainScores & { temperatures: Temperatures };
}

/** The scores of each task, and with several tasks their means. */
export interface ScoredPredictions {
  tasks: TaskScores[];
  mean?: TaskMeans;
}

/**
 * The scores of predictions in files, as {@link scoresOf} gives them. Labels are those of the files, or of `labels` or `manifest`,
 * joined by path, offset and task. The intervals of means draw the images of each task by themselves.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a file is not a table of predictions or labels, with
 *   its line and column, for an image without a label, and for a task of any number of labels
 */
export async function scorePredictions(
  request: ScorePredictionsRequest,
): Promise<ScoredPredictions> {
  checkArguments('scorePredictions', request, shape);
  const { predictions, labels: file, manifest } = request;
  if (predictions.length === 0) {
    throw missing('one file or more', 'predictions');
  }
  if (file !== undefined && manifest !== undefined) {
    throw conflict('labels', 'a data set', 'Both give labels: name one');
  }
  const tables = await readPredictions(predictions, { allLabels: true });
  const labels =
    file === undefined ? manifest && labelsOfManifest(manifest) : await readLabels(file);
  const scored = tables.map((table) => scoreTask(withLabels(table, labels), request));
  const tasks = scored.map(({ scores }) => scores);
  return tasks.length === 1 ? { tasks } : { tasks, mean: meansOf(scored) };
}

function scoreTask(
  table: TaskPredictions,
  { resamples, seed, bins, calibrate = false }: ScorePredictionsRequest,
): ResampledScores & { scores: TaskScores } {
  const { task, classes, images, labels } = table;
  if (labels === 'any') {
    const remedy = '`npx bobbin evaluate` scores tasks of any number of labels';
    throw expected('one label an image', `task ${task}`, 'any number of labels', remedy);
  }
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
  return {
    scores: { ...scores, task, calibrated: { ...mainOf(after), temperatures } },
    replicates,
  };
}

function mainOf(scores: Scores): MainScores {
  const names = scoreNames.filter((name) => scores[name] !== undefined);
  const main: Partial<MainScores> = Object.fromEntries(names.map((name) => [name, scores[name]]));
  return { ...(main as MainScores), intervals: scores.intervals };
}
