/** Trains by Bobbin's `train`, with its defaults. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadManifest, train } from '../../../src/index.js';
import type { AccuracyJob, AccuracyOutcome, Epoch } from '../../accuracy/job.js';
import { readJob } from '../../job.js';

const job = readJob<AccuracyJob>();
const manifest = await loadManifest(job.data);
const [task] = manifest.tasks;
const run = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-run-'));
const epochs: Epoch[] = [];
let began = performance.now();
try {
  await train({
    manifest,
    task: task?.name as string,
    run,
    model: { network: job.net, size: job.side },
    epochs: job.epochs,
    batchSize: job.batch,
    learningRate: job.learningRate,
    warmUp: job.warmUp,
    optimizer: 'sgd',
    momentum: job.momentum,
    weightDecay: job.weightDecay,
    labelSmoothing: job.labelSmoothing,
    augmentation: {
      area: job.area,
      brightness: job.jitter,
      contrast: job.jitter,
      saturation: job.jitter,
    },
    threads: job.threads,
    seed: job.seed,
    onEpoch: ({ validationAccuracy }) => {
      const now = performance.now();
      // Checkpoints and the best weights are part of it.
      epochs.push({ seconds: (now - began) / 1000, accuracy: validationAccuracy as number });
      began = now;
    },
  });
} finally {
  rmSync(run, { recursive: true });
}
const { version } = JSON.parse(
  readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
);
const outcome: AccuracyOutcome = { epochs, version: `bobbin ${version}` };
console.log(JSON.stringify(outcome));
