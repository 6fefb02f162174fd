/** One worker of a training in a process of its own, or all of it alone: `run-worker.ts <Work as JSON>`. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cluster } from '../../../src/cluster/index.js';
import { loadManifest } from '../../../src/dataset/index.js';
import { weightsOf } from '../../../src/model/index.js';
import { type Callback, type TrainOptions, train } from '../../../src/training/index.js';
import { smoothClassifier } from './smooth-classifier.js';

export interface Work {
  /** Addresses; one or none: alone. */
  workers: string[];
  index: number;
  data: string;
  run: string;
  options: Partial<TrainOptions>;
  /** For the weights after the steps in `dumps`, of which 0 is before the first. */
  folder: string;
  dumps: number[];
  /** The worker that stops the run after its first epoch. */
  stopper?: number;
  /** The worker whose callback throws after its first epoch, and whose program goes on. */
  failer?: number;
}

const { workers, index, data, run, options, folder, dumps, stopper, failer } = JSON.parse(
  process.argv[2] as string,
) as Work;
if (workers.length > 1) {
  await cluster({ workers, index, heartbeatSeconds: 10, startSeconds: 60 });
}
const classifier = smoothClassifier(index);
/** That of the run: a resumed one has its own. */
let { model } = classifier;

/** All weights, one after the other. */
const bytes = () =>
  Buffer.concat(weightsOf(model).map(({ values }) => Buffer.from(values.slice().buffer)));
const dump = (step: number) => {
  if (dumps.includes(step)) {
    writeFileSync(path.join(folder, `${step}-${index}.bin`), bytes());
  }
};
const watcher: Callback = {
  begin(facts) {
    model = facts.classifier.model;
    dump(0);
  },
  step: ({ step }) => dump(step),
  epoch({ epoch }, control) {
    console.log(`epoch ${epoch} ${createHash('sha256').update(bytes()).digest('hex')}`);
    if (epoch === 1 && stopper === index) {
      control.stop();
    }
    if (failer === index) {
      throw new Error('no room');
    }
  },
};
const manifest = await loadManifest(data);
const training = train({
  ...{ manifest, task: 'colour', run, classifier, callbacks: [watcher], ...options },
});
if (failer === index) {
  // At its end, the other one would say that it is gone.
  await training.catch(() => wait(2000));
}
const { finished, history } = await training;
console.log(
  `end ${JSON.stringify({ finished, history, weights: createHash('sha256').update(bytes()).digest('hex') })}`,
);
