/** Writes suspected labels to a file for spreadsheets and scripts. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { csvLine } from '../../csv-line.js';
import { replaceFile, textPieces, writing } from '../../disk/index.js';
import type { TaskSuspects } from './find-suspects.js';

/** Of the score: more would only show the rounding of float32. */
const digits = 6;

/**
 * Writes `folder/suspects.csv`, whole or not at all: the columns `path`, as in `Sample.path`; `offset`, the byte at which the
 * image begins in a shard; `task`; `label` and `suggestion`, names of classes; and `score`, 0…0.5. The most suspicious label comes
 * first.
 *
 * @throws InvalidInputError where the system cannot write.
 */
export async function saveSuspects(suspects: TaskSuspects, folder: string): Promise<void> {
  const file = path.join(folder, 'suspects.csv');
  await replaceFile(file, (unfinished) =>
    writing(file, () => writeFile(unfinished, textPieces(lines(suspects)), { flag: 'wx' })),
  );
}

function* lines({ task, suspects }: TaskSuspects): Generator<string> {
  yield `${csvLine(['path', 'offset', 'task', 'label', 'suggestion', 'score'])}\n`;
  for (const { path: image, range, label, suggestion, score } of suspects) {
    const offset = `${range?.offset ?? ''}`;
    yield `${csvLine([image, offset, task, label, suggestion, score.toFixed(digits)])}\n`;
  }
}
