/** Shows scores: a table on the terminal, and files and pictures beside the model. */

import path from 'node:path';
import { writeWhole } from '../disk/index.js';
import { type Evaluation, meanAveragePrecision } from '../evaluation/index.js';
import { drawConfusion, drawMistakes, textTable } from '../report/index.js';

const mistakesShown = 24;

/** Writes evaluation.json, confusion.png and mistakes.png to `folder`. */
export async function saveEvaluation(evaluation: Evaluation, folder: string): Promise<void> {
  const { task, split, classes, images, confusion, mistakes } = evaluation;
  await writeWhole(
    path.join(folder, 'evaluation.json'),
    `${JSON.stringify(evaluation, null, 2)}\n`,
  );
  const right = `${percent(evaluation.accuracy)} of ${images} ${split} images right`;
  const title = `${task}: ${right}`;
  await drawConfusion({ title, classes, counts: confusion }, path.join(folder, 'confusion.png'));
  await drawMistakes(
    `${task}: the most confident of ${mistakes.length} mistakes`,
    mistakes.slice(0, mistakesShown),
    path.join(folder, 'mistakes.png'),
  );
}

/** A table with one row for each task, and a row of means if there are several tasks. `–`: no image counts. */
export function scoreTable(evaluations: Evaluation[]): string {
  const header = ['task', 'images', 'majority', 'accuracy', 'basic precision', 'MRR', 'AP'];
  const rows = evaluations.map((each) => [
    each.task,
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
  return textTable(header, rows);
}

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
