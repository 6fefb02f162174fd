/** A small submission for the tests: two tasks, three questions, their answers and the lines of the table. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Manifest } from '../../src/dataset/index.js';
import type { Prediction } from '../../src/prediction/index.js';
import { temporaryFolder } from './folders.js';

export const tasks: Manifest['tasks'] = [
  { name: 'coat_length_labels', classes: ['a', 'b', 'c'] },
  { name: 'neck_design_labels', classes: ['a', 'b'] },
];
export const questions = [
  { path: 'Images/n/1.jpg', task: 'neck_design_labels', file: 'rank/Images/n/1.jpg' },
  { path: 'Images/c/1.jpg', task: 'coat_length_labels', file: 'rank/Images/c/1.jpg' },
  { path: 'Images/n/2.jpg', task: 'neck_design_labels', file: 'rank/Images/n/2.jpg' },
];
export const root = path.resolve('/source');
export const manifest: Manifest = { version: 1, root, seed: 1, tasks, samples: [], questions };

/** A prediction of images by their names below the root; each row has one probability a class. */
export function prediction(images: Record<string, number[]>): Prediction {
  const files = Object.keys(images).map((name) => path.join(root, name));
  const rows = Object.values(images);
  const classes = (rows[0] ?? []).map((_, label) => `${label}`);
  return { files, classes, probabilities: Float32Array.from(rows.flat()), failures: [] };
}

export const answers = new Map([
  ['coat_length_labels', prediction({ 'rank/Images/c/1.jpg': [0.1, 0.2, 0.7] })],
  [
    'neck_design_labels',
    prediction({ 'rank/Images/n/1.jpg': [1, 0], 'rank/Images/n/2.jpg': [0.25, 0.75] }),
  ],
]);
export const lines = [
  'Images/n/1.jpg,neck_design_labels,1.00000000;0.00000000',
  'Images/c/1.jpg,coat_length_labels,0.10000000;0.20000000;0.69999999',
  'Images/n/2.jpg,neck_design_labels,0.25000000;0.75000000',
];

/** A folder and the path of its question.csv. */
export async function workplace(t: TestContext): Promise<{ folder: string; questionCsv: string }> {
  const folder = temporaryFolder(t);
  const questionCsv = path.join(folder, 'question.csv');
  const text = questions.map(({ path: asked, task }) => `${asked},${task},?\n`).join('');
  await writeFile(questionCsv, text);
  return { folder, questionCsv };
}
