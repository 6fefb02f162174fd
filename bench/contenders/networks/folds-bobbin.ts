/** Trains by Bobbin's `train` with a recipe, and answers for the fold that was held back by its `evaluate`. */
import { readFileSync } from 'node:fs';
import { evaluate, loadClassifier, loadManifest, train } from '../../../src/index.js';
import type { FoldJob, FoldOutcome } from '../../folds/job.js';
import { readJob } from '../../job.js';

const { data, task, fold, recipe, net, side, threads, seed, run, predictions } = readJob<FoldJob>();
const manifest = await loadManifest(data);
const epochs: number[] = [];
const began = performance.now();
let last = began;
await train({
  ...{ manifest, task, fold, run, recipe, threads, seed },
  model: { network: net, size: side },
  onEpoch: () => {
    const now = performance.now();
    epochs.push((now - last) / 1000);
    last = now;
  },
});
const seconds = (performance.now() - began) / 1000;
const classifier = await loadClassifier(run);
await evaluate({ classifier, manifest, task, predictions });
const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
const outcome: FoldOutcome = { seconds, epochs, version: `bobbin ${version}` };
console.log(JSON.stringify(outcome));
