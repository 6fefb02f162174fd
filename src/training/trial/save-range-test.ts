/** The curve of a learning-rate range test as a table. */
import { csvLine } from '../../csv-line.js';
import { writeWhole } from '../../disk/index.js';
import type { RangeTest } from './range-test.js';

const header = ['step', 'learning_rate', 'loss', 'smoothed_loss'];

/** Writes a line for each step to the CSV `file`, whole or not at all. */
export async function saveRangeTest({ points }: Pick<RangeTest, 'points'>, file: string) {
  const rows = points.map(({ step, learningRate, loss, smoothedLoss }) => [
    `${step}`,
    learningRate.toPrecision(6),
    loss.toFixed(6),
    smoothedLoss.toFixed(6),
  ]);
  await writeWhole(file, [header, ...rows].map((row) => `${csvLine(row)}\n`).join(''));
}
