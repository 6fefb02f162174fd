/** Writes an evaluation to files: evaluation.json with all of it, and classes.csv for spreadsheets. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { csvLine } from '../csv-line.js';
import { replaceFile, textPieces, writing } from '../disk/index.js';
import type { ClassScore } from './metrics/class-scores.js';
import type { Evaluation } from './scorer.js';

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

/** In pieces: a list of many classes or mistakes may be longer than a string can be. */
async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  await replaceFile(file, (unfinished) =>
    writing(file, () => writeFile(unfinished, textPieces(lines), { flag: 'wx' })),
  );
}

/** JSON with one property a line, and one entry of a list a line. */
function* jsonLines(evaluation: Evaluation): Generator<string> {
  let before = '{\n';
  for (const [name, value] of Object.entries(evaluation)) {
    if (value === undefined) {
      continue;
    }
    yield `${before}  ${JSON.stringify(name)}: `;
    yield* Array.isArray(value) ? listLines(value) : [JSON.stringify(value)];
    before = ',\n';
  }
  yield '\n}\n';
}

function* listLines(list: readonly unknown[]): Generator<string> {
  let before = '[\n    ';
  for (const entry of list) {
    yield before + JSON.stringify(entry);
    before = ',\n    ';
  }
  yield list.length === 0 ? '[]' : '\n  ]';
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
