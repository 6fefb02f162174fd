/** The input and output of a contender for the forward pass, and the clock of those in TypeScript. */
import type { tf } from '../../src/tensorflow/index.js';
import { classes, type TrainJob } from '../train/job.js';

/** One run of one contender, in a JSON file whose path is the process's first argument; `batch` is the largest. */
export interface PredictJob extends TrainJob {
  batches: number[];
  /** Least measured time of each batch size. */
  seconds: number;
}

/** The passes of one batch size, in milliseconds. */
export interface Passes {
  batch: number;
  p50: number;
  p99: number;
  /** CPU time of the process for one pass. */
  cpuMs: number;
}

/** The last line that a process prints. */
export interface PredictOutcome {
  /** Logits of the first image. */
  logits: number[];
  passes: Passes[];
  /** Peak memory of the process. */
  peakBytes: number;
  version: string;
}

/** The same values as in predict_job.py. */
const [warmUpPasses, leastPasses] = [3, 5];

/** Warms up and times each batch size; prints the {@link PredictOutcome}. `passOf` gives the forward pass of a batch size. */
export async function timePasses(
  { batches, seconds }: PredictJob,
  passOf: (batch: number) => () => Promise<tf.Tensor>,
  version: string,
): Promise<void> {
  let logits: number[] = [];
  const passes: Passes[] = [];
  for (const batch of batches) {
    const pass = passOf(batch);
    const run = async () => {
      const result = await pass();
      const values = await result.data();
      result.dispose();
      return values;
    };
    for (let i = 0; i < warmUpPasses; i++) {
      logits = [...(await run()).subarray(0, classes)];
    }
    passes.push({ batch, ...(await timed(run, seconds)) });
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const outcome: PredictOutcome = { logits, passes, peakBytes, version };
  console.log(JSON.stringify(outcome));
}

async function timed(run: () => Promise<unknown>, seconds: number): Promise<Omit<Passes, 'batch'>> {
  const durations: number[] = [];
  const cpu = process.cpuUsage();
  const end = performance.now() + 1000 * seconds;
  while (durations.length < leastPasses || performance.now() < end) {
    const start = performance.now();
    await run();
    durations.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(cpu);
  durations.sort((a, b) => a - b);
  const quantile = (share: number) =>
    durations[Math.min(durations.length - 1, Math.floor(share * durations.length))] as number;
  return {
    p50: quantile(0.5),
    p99: quantile(0.99),
    cpuMs: (user + system) / 1000 / durations.length,
  };
}
