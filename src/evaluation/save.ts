/** Writes an evaluation to files: evaluation.json with all of it, and classes.csv for spreadsheets. */
import path from 'node:path';
import { csvLine } from '../csv-line.js';
import type { ClassScore } from './metrics/class-scores.js';
import type { Evaluation } from './scorer.js';
import { jsonLines, writeLines } from './write-lines.js';

/**
 * Writes `folder/evaluation.json`, the {@link Evaluation}, and `folder/classes.csv`, a line for each of its class scores, both whole
 * or not at all. Scores that are absent are empty fields. A task of any number of labels has the columns `average_precision` and
 * `threshold`, too.
 *
 * @throws InvalidInputError where the system cannot write.
 */
export async function saveEvaluation(evaluation: Evaluation, folder: string): Promise<void> {
  await writeLines(path.join(folder, 'evaluation.json'), jsonLines(evaluation));
  await writeLines(path.join(folder, 'classes.csv'), csvLines(evaluation));
}

function* csvLines({ labels, classScores }: Evaluation): Generator<string> {
  const columns: [name: string, of: (score: ClassScore) => number | undefined][] = [
    ['precision', ({ precision }) => precision],
    ['recall', ({ recall }) => recall],
    ['f1', ({ f1 }) => f1],
  ];
  if (labels === 'any') {
    columns.push(
      ['average_precision', ({ averagePrecision }) => averagePrecision],
      ['threshold', ({ threshold }) => threshold],
    );
  }
  const header = ['class', 'images', 'predicted', 'right', ...columns.map(([name]) => name)];
  yield `${csvLine(header)}\n`;
  for (const score of classScores) {
    const counts = [score.images, score.predicted, score.right].map(String);
    const shares = columns.map(([, of]) => of(score)?.toFixed(6) ?? '');
    yield `${csvLine([score.name, ...counts, ...shares])}\n`;
  }
}
