/** One worker of a training that meets a fault: `cluster-worker.ts <Part as JSON>` joins by `TF_CONFIG`, trains a tiny network, and prints JSON lines. */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type ClusterOptions, cluster, clusterFromEnvironment } from '../../src/cluster/index.js';
import { loadManifest } from '../../src/dataset/index.js';
import { weightsOf } from '../../src/model/index.js';
import { useThreads } from '../../src/tensorflow/index.js';
import { train } from '../../src/training/index.js';
import { smoothClassifier } from '../training/workers/smooth-classifier.js';

/** What meets one of the workers. */
export interface Fault {
  worker: number;
  /** Sent to itself at the moment; without one, the starter does something. */
  signal?: 'SIGKILL' | 'SIGSTOP' | undefined;
  /** The step after which the moment comes, from 1. */
  step?: number;
  /** The epoch after which it comes, before the next step, from 1. */
  epoch?: number;
  /** Until the moment; without a step or an epoch, before it joins. */
  milliseconds: number;
}

export interface Part {
  data: string;
  run: string;
  resume: boolean;
  epochs: number;
  heartbeatSeconds: number;
  startSeconds: number;
  fault?: Fault | undefined;
}

/** A line of a worker. */
export interface Told {
  what: 'joins' | 'moment' | 'error' | 'end';
  /** In milliseconds since 1970. */
  at: number;
  /** The message of the error, or a hash of the last weights. */
  text: string;
}

/** From one step to the next: time for a fault between them. */
const pace = 100;

const part: Part = JSON.parse(process.argv[2] as string);
const options = clusterFromEnvironment() as ClusterOptions;
const fault = part.fault?.worker === options.index ? part.fault : undefined;

/** At once: a signal may end the process next. */
const say = (what: Told['what'], text = '') =>
  writeSync(1, `${JSON.stringify({ what, at: Date.now(), text } satisfies Told)}\n`);

function strike(): void {
  say('moment');
  if (fault?.signal !== undefined) {
    process.kill(process.pid, fault.signal);
  }
}

async function toEnd(signal: AbortSignal): Promise<void> {
  const { data, run, resume, epochs, heartbeatSeconds, startSeconds } = part;
  const isLate = fault !== undefined && fault.step === undefined && fault.epoch === undefined;
  await wait(isLate ? fault.milliseconds : 0);
  useThreads(1, 'computeThreads');
  say('joins');
  await cluster({ ...options, heartbeatSeconds, startSeconds });
  const classifier = smoothClassifier(3);
  let { model } = classifier;
  const { finished } = await train({
    ...{ manifest: await loadManifest(data), task: 'colour', run, resume, classifier, signal },
    ...{ epochs, batchSize: 4, learningRate: 0.1, threads: 1, seed: 5, checkpointMinutes: 0.01 },
    callbacks: [
      {
        begin(facts) {
          ({ model } = facts.classifier);
        },
        async step({ step }) {
          if (step === fault?.step) {
            setTimeout(strike, fault.milliseconds);
          }
          await wait(pace);
        },
        epoch({ epoch }) {
          if (epoch === fault?.epoch) {
            strike();
          }
        },
      },
    ],
  });
  if (finished) {
    const hash = createHash('sha256');
    for (const { values } of weightsOf(model)) {
      hash.update(Buffer.from(values.slice().buffer));
    }
    say('end', hash.digest('hex'));
  }
}

// As `bobbin train` does.
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
try {
  await toEnd(stopping.signal);
} catch (error) {
  say('error', (error as Error).message);
  // By itself: nothing that the cluster holds may keep it.
  process.exitCode = 1;
}
