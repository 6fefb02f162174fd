/** Shows scores as tables: of tasks, and of the classes of a task. */
import {
  type ClassScore,
  type Evaluation,
  type MeanScores,
  meanAveragePrecision,
} from '../evaluation/index.js';
import { textTable } from '../report/index.js';
import { shorten } from '../width.js';

/** Classes that a table shows at most; of more, the worst. */
const mostClasses = 30;
const worstShown = 10;
/** With them, no table is wider than 80 columns. */
const longestTask = 21;
const longestClass = 30;

/**
 * A table with one row for each task, and a row of means if there are several tasks. `–`: no image counts. Without maybe marks,
 * basic precision is accuracy, and is left out.
 */
export function scoreTable(evaluations: Evaluation[]): string {
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
  const differs = evaluations.some(({ accuracy, basicPrecision }) => basicPrecision !== accuracy);
  const shown = (cells: string[]) => cells.filter((_, column) => differs || column !== precision);
  return textTable(shown(header), rows.map(shown));
}

/**
 * A table of the classes' precision, recall and F1, with their means; of more than 30 classes the worst ten by F1, then the means.
 * Classes without images have no recall and are not among the worst.
 */
export function classScoreTable({ task, classScores, macro, weighted }: Evaluation): string {
  const isLong = classScores.length > mostClasses;
  const shown = isLong ? worst(classScores) : classScores;
  const name = isLong ? `the worst ${shown.length} of ${classScores.length} classes` : 'class';
  const header = [name, 'images', 'predicted', 'precision', 'recall', 'F1'];
  const rows = shown.map((each) => [
    shorten(each.name, longestClass),
    `${each.images}`,
    `${each.predicted}`,
    ...scoresOf(each),
  ]);
  const means = [
    ['macro mean', '', '', ...scoresOf(macro)],
    ['mean weighted by images', '', '', ...scoresOf(weighted)],
  ];
  return `${shorten(task, longestClass)}:\n${textTable(header, [...rows, ...means])}`;
}

const scoresOf = ({ precision, recall, f1 }: ClassScore | MeanScores): string[] =>
  [precision, recall, f1].map(decimal);

/** Of equal ones those with more images first. */
const worst = (scores: readonly ClassScore[]): ClassScore[] =>
  scores
    .filter(({ images }) => images > 0)
    .sort((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0) || b.images - a.images)
    .slice(0, worstShown);

function meanRow(evaluations: Evaluation[]): string[] {
  const mean = (scoreOf: (evaluation: Evaluation) => number | undefined) => {
    const scores = evaluations.map(scoreOf).filter((value) => value !== undefined);
    // Without a task's score, the mean over the others would be another number.
    return scores.length === evaluations.length ? meanAveragePrecision(scores) : undefined;
  };
  const images = evaluations.reduce((sum, each) => sum + each.images, 0);
  return [
    'mean (of AP: mAP)',
    `${images}`,
    percent(mean((each) => each.majority)),
    percent(mean((each) => each.accuracy)),
    percent(mean((each) => each.basicPrecision)),
    decimal(mean((each) => each.meanReciprocalRank)),
    decimal(mean((each) => each.averagePrecision)),
  ];
}

const shown = (share: number | undefined, show: (share: number) => string) =>
  share === undefined ? '–' : show(share);

const percent = (share: number | undefined) =>
  shown(share, (value) => `${(100 * value).toFixed(1)} %`);
const decimal = (share: number | undefined) => shown(share, (value) => value.toFixed(3));
