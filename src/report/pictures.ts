/** The charts as PNG files, each written whole or not at all. */
import { checkArgument, checkArguments, list, record, type ShapeOf, text } from '../arguments.js';
import type { ClassScore, Confused } from '../evaluation/index.js';
import type { RangeTest } from '../training/index.js';
import {
  accuracyChart,
  arrange,
  type CurvePoint,
  confusedPairsChart,
  confusionChart,
  learningRateChart,
  lossChart,
  mostMatrixClasses,
  rangeTestChart,
  type TrialPoint,
  trialsChart,
} from './charts/index.js';
import { paint } from './paint.js';

/** The width of a picture that shows one chart. */
const width = 760;

const filePath = text('the path of a file');

/**
 * Writes the curves of `history` (epochs ascending) to the PNG `file`: losses, accuracies, and learning rates if it has them. The
 * epoch `best` is marked, by default that of the highest validation accuracy; of several, that of the lowest validation loss, and
 * the first of those.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawCurves(
  history: readonly CurvePoint[],
  file: string,
  title = 'Training',
  best?: number,
): Promise<void> {
  checkArgument('history', history, list('a list of epochs'));
  checkArgument('file', file, filePath);
  const hasRates = history.some(({ learningRate }) => learningRate !== undefined);
  const charts = await Promise.all([
    lossChart(history, { best }),
    accuracyChart(history, { best }),
    ...(hasRates ? [learningRateChart(history, { width: 380 })] : []),
  ]);
  await paint(arrange(title, [charts]).svg, file);
}

/** What an `Evaluation` says about the classes of a task, with a title. */
export interface ConfusionPicture {
  title: string;
  classScores: readonly ClassScore[];
  confused: readonly Confused[];
}

const shape = {
  title: text('a title'),
  classScores: list('the scores of the classes'),
  confused: list('a list of confused classes'),
} satisfies ShapeOf<ConfusionPicture>;

/**
 * Writes the PNG `file`: up to 40 classes as a matrix, in which the shade of a cell is its share of its row; more classes as
 * bars for the 30 pairs of truth and prediction that occur most.
 *
 * @throws InvalidInputError when an argument is unknown, missing or of another kind.
 */
export async function drawConfusion(picture: ConfusionPicture, file: string): Promise<void> {
  checkArguments('drawConfusion', picture, shape);
  const isSmall = picture.classScores.length <= mostMatrixClasses;
  const { svg } = await (isSmall
    ? confusionChart(picture)
    : confusedPairsChart({ ...picture, width: 900 }));
  await paint(svg, file);
}

/**
 * Writes the curve of a range test to the PNG `file`: a dot for the loss of each step, a line for the smoothed losses, and the
 * suggested rate. Losses far above the first ones are drawn at the upper edge.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawRangeTest(
  test: RangeTest,
  file: string,
  title = 'Learning-rate range test',
): Promise<void> {
  checkArgument('test', test, record('the result of findLearningRate'));
  checkArgument('file', file, filePath);
  await paint((await rangeTestChart({ title, test, width })).svg, file);
}

/**
 * Writes a dot for each result of a search (in their order) to the PNG `file`: its loss over the time of training until then, coloured
 * where it is that of a whole training. The line is the lowest loss so far. Losses far above the first one are at the upper edge.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawTrials(
  results: readonly TrialPoint[],
  file: string,
  title = 'Trials',
): Promise<void> {
  checkArgument('results', results, list('a list of results'));
  checkArgument('file', file, filePath);
  await paint((await trialsChart({ title, results, width })).svg, file);
}
