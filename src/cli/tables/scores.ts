/** Shows scores as tables: of tasks, and of the classes of a task. */
import {
  type AverageCandidate,
  type ClassScore,
  type Evaluation,
  type MeanScores,
  type MeansByKind,
  meanAveragePrecision,
  type TaskMeans,
} from '../../evaluation/index.js';
import { textTable } from '../../report/index.js';
import { shorten } from '../../width.js';

/** Classes that a table shows at most; of more, the worst. */
const mostClasses = 30;
const worstShown = 10;
/** With them, no table is wider than 80 columns. */
const longestTask = 21;
const longestOfIntervals = 18;
const longestClass = 30;
const longestListed = 27;

/** Of means over tasks. */
const meanTitle = 'mean (of AP: mAP)';
const listedTitle = 'mean';

/** Two tables of the tasks of one label, and two of those of any number: the scores, and their intervals, with those of the means. */
export function scoreTable(
  evaluations: readonly Evaluation[],
  { mean, labelsMean }: MeansByKind = {},
): string {
  const single = evaluations.filter(({ labels }) => labels !== 'any');
  const listed = evaluations.filter(({ labels }) => labels === 'any');
  const tables = [
    ...(single.length > 0 ? [singleTable(single), intervalTable(single, mean)] : []),
    ...(listed.length > 0 ? [listedTable(listed), listedIntervalTable(listed, labelsMean)] : []),
  ];
  return tables.join('\n\n');
}

/**
 * A row for each task, and a row of means if there are several tasks. `–`: no image counts. Without maybe marks, basic precision is
 * accuracy, and is left out.
 */
function singleTable(evaluations: readonly Evaluation[]): string {
  const header = ['task', 'images', 'majority', 'accuracy', 'basic precision', 'MRR', 'AP'];
  const precision = header.indexOf('basic precision');
  const rows = evaluations.map((each) => [
    shorten(each.task, longestTask),
    `${each.images}`,
    percent(each.majority),
    percent(each.accuracy),
    percent(each.basicPrecision),
    each.meanReciprocalRank.toFixed(3),
    decimal(each.averagePrecision),
  ]);
  if (evaluations.length > 1) {
    rows.push(meanRow(evaluations));
  }
  const differs = precisionDiffers(evaluations);
  const shown = (cells: string[]) => cells.filter((_, column) => differs || column !== precision);
  return textTable(shown(header), rows.map(shown));
}

/** Whether the images whose top class is marked maybe make basic precision another number than accuracy. */
const precisionDiffers = (evaluations: readonly Evaluation[]): boolean =>
  evaluations.some(({ accuracy, basicPrecision }) => basicPrecision !== accuracy);

/**
 * What chance may have done, and how well probabilities tell how often they are right. Basic precision takes the place of accuracy where
 * they differ: it is the competition's, and with both the table would be wider than 80 columns.
 */
function intervalTable(evaluations: readonly Evaluation[], mean: TaskMeans | undefined): string {
  const [share, shareName] = precisionDiffers(evaluations)
    ? (['basicPrecision', 'basic precision'] as const)
    : (['accuracy', 'accuracy'] as const);
  const header = ['95 % intervals', shareName, 'AP', 'log loss', 'ECE'];
  const rowOf = (title: string, { intervals, ...scores }: Evaluation | TaskMeans) => [
    title,
    between(intervals?.[share], percent),
    between(intervals?.averagePrecision, decimal),
    decimal(scores.logLoss),
    decimal(scores.expectedCalibrationError),
  ];
  const rows = evaluations.map((each) => rowOf(shorten(each.task, longestTask), each));
  return textTable(header, [...rows, ...(mean === undefined ? [] : [rowOf(meanTitle, mean)])]);
}

const between = (ends: readonly number[] | undefined, show: (share: number) => string) =>
  ends === undefined ? '–' : ends.map(show).join(' … ');

/** As {@link intervalTable} of tasks of any number of labels. */
function listedIntervalTable(
  evaluations: readonly Evaluation[],
  mean: TaskMeans | undefined,
): string {
  const header = ['95 % intervals', 'mAP', 'micro F1', 'macro F1', 'log loss', 'ECE'];
  const names = ['meanAveragePrecision', 'microF1', 'macroF1'] as const;
  const rowOf = (title: string, { intervals, ...scores }: Evaluation | TaskMeans) => [
    title,
    ...names.map((name) => between(intervals?.[name], decimal)),
    decimal(scores.logLoss),
    decimal(scores.expectedCalibrationError),
  ];
  const rows = evaluations.map((each) => rowOf(shorten(each.task, longestOfIntervals), each));
  return textTable(header, [...rows, ...(mean === undefined ? [] : [rowOf(listedTitle, mean)])]);
}

/** Exact match: accuracy, of which majority is the baseline. */
function listedTable(evaluations: readonly Evaluation[]): string {
  const header = ['task', 'images', 'mAP', 'micro F1', 'macro F1', 'exact match', 'majority'];
  const rows = evaluations.map((each) => [
    shorten(each.task, longestTask),
    `${each.images}`,
    decimal(each.meanAveragePrecision),
    decimal(each.micro?.f1),
    decimal(each.macro.f1),
    percent(each.accuracy),
    percent(each.majority),
  ]);
  if (evaluations.length > 1) {
    rows.push([
      listedTitle,
      imagesOf(evaluations),
      decimal(meanOver(evaluations, (each) => each.meanAveragePrecision)),
      decimal(meanOver(evaluations, (each) => each.micro?.f1)),
      decimal(meanOver(evaluations, (each) => each.macro.f1)),
      percent(meanOver(evaluations, (each) => each.accuracy)),
      percent(meanOver(evaluations, (each) => each.majority)),
    ]);
  }
  return textTable(header, rows);
}

/**
 * A table of the classes' precision, recall and F1, with their means; of more than 30 classes the worst ten by F1, then the means.
 * Classes without images have no recall and are not among the worst. In a task of any number of labels it has average precision and
 * thresholds in place of the images that were answered.
 */
export function classScoreTable(evaluation: Evaluation): string {
  const { task, labels, classScores, micro, macro, weighted } = evaluation;
  const isLong = classScores.length > mostClasses;
  const shown = isLong ? worst(classScores) : classScores;
  const name = isLong ? `the worst ${shown.length} of ${classScores.length} classes` : 'class';
  const isListed = labels === 'any';
  const header = [
    name,
    'images',
    ...(isListed ? [] : ['predicted']),
    ...['precision', 'recall', 'F1'],
    ...(isListed ? ['AP', 'threshold'] : []),
  ];
  const rows = shown.map((each) => [
    shorten(each.name, isListed ? longestListed : longestClass),
    `${each.images}`,
    ...(isListed ? [] : [`${each.predicted}`]),
    ...scoresOf(each),
    ...(isListed ? [each.averagePrecision, each.threshold].map(decimal) : []),
  ]);
  const mean = (title: string, scores: MeanScores) => [
    ...[title, '', ...(isListed ? [] : [''])],
    ...scoresOf(scores),
    ...(isListed ? ['', ''] : []),
  ];
  const means = [
    ...(micro ? [mean('micro mean', micro)] : []),
    mean('macro mean', macro),
    mean('mean weighted by images', weighted),
  ];
  return `${shorten(task, longestClass)}:\n${textTable(header, [...rows, ...means])}`;
}

/** A table with one row for each model that was considered for an average. */
export const candidateTable = (candidates: readonly AverageCandidate[]): string =>
  textTable(
    ['model', 'epoch', 'accuracy', 'of the average with it', 'member'],
    candidates.map(({ folder, epoch, accuracy, accuracyWith, isMember }) => [
      folder,
      `${epoch ?? '–'}`,
      percent(accuracy),
      percent(accuracyWith),
      isMember ? 'yes' : 'no',
    ]),
  );

const scoresOf = ({ precision, recall, f1 }: ClassScore | MeanScores): string[] =>
  [precision, recall, f1].map(decimal);

/** Of equal ones those with more images first. */
const worst = (scores: readonly ClassScore[]): ClassScore[] =>
  scores
    .filter(({ images }) => images > 0)
    .sort((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0) || b.images - a.images)
    .slice(0, worstShown);

const meanRow = (evaluations: readonly Evaluation[]): string[] => [
  meanTitle,
  imagesOf(evaluations),
  percent(meanOver(evaluations, (each) => each.majority)),
  percent(meanOver(evaluations, (each) => each.accuracy)),
  percent(meanOver(evaluations, (each) => each.basicPrecision)),
  decimal(meanOver(evaluations, (each) => each.meanReciprocalRank)),
  decimal(meanOver(evaluations, (each) => each.averagePrecision)),
];

const imagesOf = (evaluations: readonly Evaluation[]): string =>
  `${evaluations.reduce((sum, each) => sum + each.images, 0)}`;

/** Undefined where a task lacks the score: the mean over the others would be another number. */
function meanOver(
  evaluations: readonly Evaluation[],
  scoreOf: (evaluation: Evaluation) => number | undefined,
): number | undefined {
  const scores = evaluations.map(scoreOf).filter((value) => value !== undefined);
  return scores.length === evaluations.length ? meanAveragePrecision(scores) : undefined;
}

const shown = (share: number | undefined, show: (share: number) => string) =>
  share === undefined ? '–' : show(share);

const percent = (share: number | undefined) =>
  shown(share, (value) => `${(100 * value).toFixed(1)} %`);
const decimal = (share: number | undefined) => shown(share, (value) => value.toFixed(3));
