/** Draws all pictures of an evaluation. */
import path from 'node:path';
import type { Evaluation } from '../evaluation/index.js';
import { count } from '../plural.js';
import { drawConfusion } from './pictures.js';
import { drawMistakes } from './sheets/mistakes.js';

const mistakesShown = 24;

/**
 * Writes `folder/confusion.png`, of a task of one label, and `folder/mistakes.jpg`, each whole or not at all; see the functions that
 * draw them.
 *
 * @returns the names of the pictures
 */
export async function drawEvaluation(evaluation: Evaluation, folder: string): Promise<string[]> {
  const { task, labels, split, epoch, images, accuracy, classScores, confused, mistakes } =
    evaluation;
  const percent = (100 * accuracy).toFixed(1);
  const weights = epoch === undefined ? '' : `, epoch ${epoch}`;
  const title = `${task}${weights}: ${percent} % of ${count(images, `${split} image`)} right`;
  const pictures = labels === 'any' ? ['mistakes.jpg'] : ['confusion.png', 'mistakes.jpg'];
  if (labels !== 'any') {
    await drawConfusion({ title, classScores, confused }, path.join(folder, 'confusion.png'));
  }
  const shown = mistakes.slice(0, mistakesShown);
  const which = shown.length < mistakes.length ? 'the most confident of ' : '';
  await drawMistakes(
    `${task}: ${which}${count(mistakes.length, 'mistake')}`,
    shown,
    path.join(folder, 'mistakes.jpg'),
  );
  return pictures;
}
