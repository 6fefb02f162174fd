/** A task: how each of its runs was trained, and what it answers. */
import { html, type Markup, named, withCode } from '../../../html.js';
import { note, type Section } from '../parts.js';
import type { TaskResult } from '../results.js';
import { imagesPart } from './images.js';
import { labelsPart, scoresPart } from './scores.js';
import { trainingPart } from './training.js';

/** @param number of the task, from 1 */
export async function taskSection(
  number: number,
  results: readonly TaskResult[],
): Promise<Section> {
  const parts: Markup[] = [];
  for (const result of results) {
    parts.push(await resultPart(result));
  }
  return { id: `task-${number}`, title: (results[0] as TaskResult).task, content: html`${parts}` };
}

async function resultPart(result: TaskResult): Promise<Markup> {
  const { run, answered, scores, labelsScores, images } = result;
  const own = 'missing' in answered ? note(withCode(answered.missing)) : undefined;
  return html`<h3>Run ${named(run.folder)}</h3>
${await trainingPart(result)}
${own}${scores && (await scoresPart(scores))}${labelsScores && labelsPart(labelsScores)}${images && imagesPart(images)}`;
}
