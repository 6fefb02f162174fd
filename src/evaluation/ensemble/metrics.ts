/** The metrics by which the weights of an ensemble are chosen. */
import { type Answer, answerOf } from '../metrics/answers.js';
import { curveAveragePrecision, curveFrom } from '../metrics/class-curve.js';
import { classScores, meanScores } from '../metrics/class-scores.js';
import { lossOf } from '../metrics/columns.js';
import { answerAccuracy, answerAveragePrecision, answerPrecision } from '../metrics/competition.js';

/** What images show: an image has one label, or a list of any number of them. */
export interface Truth {
  /** For each image its label, or a list of its labels. */
  labels: readonly number[] | readonly (readonly number[])[];
  /** For each image of one label the classes marked maybe, which the basic precision does not count. */
  maybe?: readonly (readonly number[])[] | undefined;
}

/** Rows of probabilities, one for each image. */
type Rows = readonly Float32Array[];

/** A score of images of one label each, and one of images with any number; undefined where no image counts. */
interface Metric {
  better: 'higher' | 'lower';
  one?: (answers: readonly Answer[], rows: Rows) => number | undefined;
  any?: (rows: Rows, labels: readonly (readonly number[])[]) => number | undefined;
}

export const metrics = {
  accuracy: { better: 'higher', one: answerAccuracy },
  'basic-precision': { better: 'higher', one: answerPrecision },
  'average-precision': { better: 'higher', one: answerAveragePrecision, any: meanOfClasses },
  'macro-recall': { better: 'higher', one: macroRecall },
  'log-loss': { better: 'lower', one: logLoss, any: binaryLogLoss },
} as const satisfies Readonly<Record<string, Metric>>;

/** The name of a score by which an ensemble is chosen. */
export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as MetricName[];

/** Whether all images have a list of labels. */
export const haveLists = (labels: Truth['labels']): labels is readonly (readonly number[])[] =>
  typeof labels[0] === 'object';

/** The metrics of a kind of labels. */
export const metricsFor = (labels: 'one' | 'any'): MetricName[] =>
  metricNames.filter((name) => (metrics[name] as Metric)[labels] !== undefined);

/** The score of `rows`; undefined where no image counts, or where the metric is none of this kind of labels. */
export function scoreBy(
  name: MetricName,
  rows: Rows,
  { labels, maybe }: Truth,
): number | undefined {
  const { one, any }: Metric = metrics[name];
  if (haveLists(labels)) {
    return any?.(rows, labels);
  }
  const answers = rows.map((row, image) => answerOf(row, labels[image] as number, maybe?.[image]));
  return one?.(answers, rows);
}

/** The mean over the classes with images of the shares of their images that were answered with them. */
function macroRecall(answers: readonly Answer[], [row]: Rows): number {
  const names = Array.from(row as Float32Array, String);
  return meanScores(classScores(answers, names), 'macro').recall;
}

/** As scikit-learn's `average_precision_score` with `macro`, over the classes with images. */
function meanOfClasses(rows: Rows, labels: readonly (readonly number[])[]): number | undefined {
  const classes = (rows[0] as Float32Array).length;
  const found: number[] = [];
  for (let index = 0; index < classes; index++) {
    const shown = labels.map((each) => each.includes(index));
    const scores = rows.map((row) => row[index] as number);
    const score = curveAveragePrecision(curveFrom(shown, scores));
    if (score !== undefined) {
      found.push(score);
    }
  }
  return found.length === 0 ? undefined : mean(found);
}

/** The mean of −ln p of the labels. */
function logLoss(answers: readonly Answer[]): number {
  return mean(answers.map(({ labelProbability }) => lossOf(labelProbability, leastProbability)));
}

/** The mean over images and classes of −ln p of the classes that are shown, and of −ln (1 − p) of the others. */
function binaryLogLoss(rows: Rows, labels: readonly (readonly number[])[]): number {
  const losses = rows.flatMap((row, image) =>
    Array.from(row, (value, index) =>
      lossOf(labels[image]?.includes(index) ? value : 1 - value, leastProbability),
    ),
  );
  return mean(losses);
}

/** What a probability of 0 counts as: the step of float32 below 1, which is how near to 1 the other classes can come. */
const leastProbability = 2 ** -24;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
