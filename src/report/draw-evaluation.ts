/** Draws all pictures of an evaluation. */
import path from 'node:path';
import type { Evaluation } from '../evaluation/index.js';
import { count } from '../plural.js';
import { drawConfusion } from './confusion.js';
import { drawMistakes } from './mistakes.js';

const mistakesShown = 24;

/** Writes `folder/confusion.png` and `folder/mistakes.jpg`, each whole or not at all; see the functions that draw them. */
export async function drawEvaluation(evaluation: Evaluation, folder: string): Promise<void> {
  const { task, split, epoch, images, accuracy, classScores, confused, mistakes } = evaluation;
  const percent = (100 * accuracy).toFixed(1);
  const weights = epoch === undefined ? '' : `, epoch ${epoch}`;
  const title = `${task}${weights}: ${percent} % of ${count(images, `${split} image`)} right`;
  await drawConfusion({ title, classScores, confused }, path.join(folder, 'confusion.png'));
  const shown = mistakes.slice(0, mistakesShown);
  const which = shown.length < mistakes.length ? 'the most confident of ' : '';
  await drawMistakes(
    `${task}: ${which}${count(mistakes.length, 'mistake')}`,
    shown,
    path.join(folder, 'mistakes.jpg'),
  );
}
