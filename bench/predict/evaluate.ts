/** `npm run bench -- evaluate FOLDER`: how near `evaluate` comes to the bare forward pass, and how free the event loop stays. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { prepare } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import {
  type Classifier,
  createModel,
  forwardOf,
  type NetworkName,
} from '../../src/model/index.js';
import { count } from '../../src/plural.js';
import { textTable } from '../../src/report/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { median } from '../results.js';
import { machineNow } from '../rounds.js';

const batchSize = 32;

/** The interval of the timer that shows how free the event loop is. */
const timerMs = 10;

export interface EvaluationRounds {
  net: NetworkName;
  rounds: number;
}

/** Evaluates the photos of `folder`, which has a folder for each class, and computes as many batches of one tensor, in turn. */
export async function timeEvaluation(folder: string, { net, rounds }: EvaluationRounds) {
  const out = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const { manifest } = await prepare(folder, { out });
    const [task] = manifest.tasks;
    if (task === undefined) {
      throw new Error(`Expected a data set of one task but received none: ${folder}`);
    }
    const { name, classes } = task;
    const drawn = { pretrained: false, trainable: 'head', seed: 1 } as const;
    const classifier = await createModel({ network: net, classes, ...drawn });
    await passes(classifier, 2);
    const rates: Record<'bare' | 'evaluate', number[]> = { bare: [], evaluate: [] };
    let latest = 0;
    for (let round = 0; round < rounds; round++) {
      const delay = monitorEventLoopDelay({ resolution: timerMs });
      delay.enable();
      const start = performance.now();
      const { images } = await evaluate({
        classifier,
        manifest,
        task: name,
        split: 'train',
        batchSize,
      });
      delay.disable();
      latest = Math.max(latest, delay.max / 1e6 - timerMs);
      rates.evaluate.push((1000 * images) / (performance.now() - start));
      rates.bare.push(await passes(classifier, Math.ceil(images / batchSize)));
    }
    report(rates, latest);
    console.log(`\n${net}, batches of ${batchSize}, ${count(rounds, 'round')}; ${machineNow()}`);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Computes the same batch several times, and returns images a second. */
async function passes(classifier: Classifier, times: number): Promise<number> {
  const side = classifier.preprocessing.crop;
  const images = tf.randomUniform([batchSize, side, side, 3], -1, 1);
  const start = performance.now();
  for (let i = 0; i < times; i++) {
    const rows = await forwardOf(classifier).async(images, 1);
    await rows.data();
    rows.dispose();
  }
  images.dispose();
  return (1000 * batchSize * times) / (performance.now() - start);
}

function report({ bare, evaluate }: Record<'bare' | 'evaluate', number[]>, lateMs: number): void {
  const ratios = evaluate.map((rate, round) => rate / (bare[round] as number));
  const rows = [
    ['bare pass', median(bare).toFixed(1), '1.00', '–'],
    ['evaluate', median(evaluate).toFixed(1), median(ratios).toFixed(2), lateMs.toFixed(1)],
  ];
  console.log(textTable(['', 'images/s', '× bare pass', 'latest timer, ms'], rows));
}
