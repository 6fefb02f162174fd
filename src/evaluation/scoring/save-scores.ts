/** Writes scores to files: scores.json with all of them, and score-classes.csv for spreadsheets. */
import path from 'node:path';
import { csvLine } from '../../csv-line.js';
import type { ScoredClass } from '../metrics/scores.js';
import { jsonLines, writeLines } from '../write-lines.js';
import type { ScoredPredictions } from './score-predictions.js';

const shares = [
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'f1'],
  ['average_precision', 'averagePrecision'],
] as const;

/**
 * Writes `folder/scores.json`, the {@link ScoredPredictions}, and `folder/score-classes.csv`, a line for each class of each task with its
 * counts, its precision, recall, F1 and average precision, both ends of their intervals, and the threshold of a task of any number of
 * labels. Both are written whole or not at all. Scores that are absent are empty fields.
 *
 * @throws InvalidInputError where the system cannot write.
 */
export async function saveScores(scored: ScoredPredictions, folder: string): Promise<void> {
  await writeLines(path.join(folder, 'scores.json'), jsonLines(scored));
  await writeLines(path.join(folder, 'score-classes.csv'), csvLines(scored));
}

function* csvLines({ tasks }: ScoredPredictions): Generator<string> {
  const columns = shares.flatMap(([name]) => [name, `${name}_low`, `${name}_high`]);
  yield `${csvLine(['task', 'class', 'images', 'predicted', 'right', ...columns, 'threshold'])}\n`;
  for (const { task, classScores } of tasks) {
    for (const score of classScores) {
      const threshold = score.threshold?.toFixed(6) ?? '';
      const counts = [score.images, score.predicted, score.right].map(String);
      yield `${csvLine([task, score.name, ...counts, ...numbersOf(score), threshold])}\n`;
    }
  }
}

const numbersOf = (score: ScoredClass): string[] =>
  shares.flatMap(([, name]) => {
    const [low, high] = score.intervals[name] ?? [];
    return [score[name], low, high].map((value) => value?.toFixed(6) ?? '');
  });
