/** A run in a separate process that tests can kill: `run-one.ts <data> <run> <options as JSON>`. It rests `pauseMs` after each step. */
import { setTimeout as pause } from 'node:timers/promises';
import { loadManifest } from '../../src/dataset/index.js';
import { Dropout } from '../../src/model/index.js';
import { train } from '../../src/training/index.js';
import { smallClassifier } from '../support/small-classifier.js';

const [data, run, options] = process.argv.slice(2) as [string, string, string];
const { pauseMs = 0, ...given } = JSON.parse(options);
const controller = new AbortController();
process.on('SIGINT', () => controller.abort());
const { finished } = await train({
  manifest: await loadManifest(data),
  task: 'colour',
  run,
  classifier: smallClassifier(new Dropout({ rate: 0.2, inputShape: [32, 32, 3] })),
  signal: controller.signal,
  onProgress: ({ phase, epoch, done }) => console.log(`${phase} ${epoch} ${done}`),
  onEpoch: ({ epoch }) => console.log(`epoch ${epoch}`),
  ...(pauseMs > 0 && { callbacks: [{ step: () => pause(pauseMs) }] }),
  ...given,
});
console.log(finished ? 'finished' : 'stopped');
