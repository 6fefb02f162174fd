/** Shows scores: a table on the terminal, and files and pictures beside the model. */
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
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
  const right = `${percent(evaluation.basicPrecision)} of ${images} ${split} images right`;
  const title = `${task}: ${right}`;
  await drawConfusion({ title, classes, counts: confusion }, path.join(folder, 'confusion.png'));
  await drawMistakes(
    `${task}: the most confident of ${mistakes.length} mistakes`,
    mistakes.slice(0, mistakesShown),
    path.join(folder, 'mistakes.png'),
  );
}

/** A table with one row for each task, and a row of means if there are several tasks. */
export function scoreTable(evaluations: Evaluation[]): string {
  const header = ['task', 'images', 'majority', 'basic precision', 'MRR', 'AP'];
  const rows = evaluations.map((each) => [
    each.task,
    `${each.images}`,
    percent(each.majority),
    percent(each.basicPrecision),
    each.meanReciprocalRank.toFixed(3),
    each.averagePrecision.toFixed(3),
  ]);
  if (evaluations.length > 1) {
    rows.push(meanRow(evaluations));
  }
  return textTable(header, rows);
}

function meanRow(evaluations: Evaluation[]): string[] {
  const mean = (value: (evaluation: Evaluation) => number) =>
    evaluations.reduce((sum, each) => sum + value(each), 0) / evaluations.length;
  const images = evaluations.reduce((sum, each) => sum + each.images, 0);
  return [
    'mean (of AP: mAP)',
    `${images}`,
    percent(mean((each) => each.majority)),
    percent(mean((each) => each.basicPrecision)),
    mean((each) => each.meanReciprocalRank).toFixed(3),
    meanAveragePrecision(evaluations.map((each) => each.averagePrecision)).toFixed(3),
  ];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
