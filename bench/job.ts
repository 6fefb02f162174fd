/** What a contender's process is given and what it gives back, and the clock that all contenders written in TypeScript share. */
import { readFileSync } from 'node:fs';
import type { Preprocessing } from '../src/index.js';

/** The two loads: `crop` is a random-resized crop, flip and normalisation; `everything` adds colour and noise. */
export type Load = 'crop' | 'everything';

/** One run of one contender, written as JSON into a file that the process gets as its only argument. */
export interface Job {
  /** Absolute paths of JPEG files. */
  files: string[];
  load: Load;
  threads: number;
  batchSize: number;
  /** Images whose pixels are summed up for the check before the clock starts. */
  checkImages: number;
  /** The clock runs at least so long. */
  seconds: number;
  /** A folder kept between runs, for a contender that needs the files in a format of its own. */
  workspace: string;
}

/** What a process prints as its last line. Statistics are over normalised values: (pixel − 127) / 128. */
export interface Outcome {
  images: number;
  seconds: number;
  /** Of one image: [224, 224, 3], [3, 224, 224], or [] where whole pictures are only decoded. */
  shape: number[];
  minimum: number;
  maximum: number;
  mean: number;
  deviation: number;
  /** Name and version of what was measured. */
  version: string;
}

/** Side of the square that each contender makes. */
export const side = 224;

/** The same as Bobbin's preprocessing record. */
export const preprocessing: Preprocessing = {
  resize: side,
  crop: side,
  mean: [127, 127, 127],
  std: [128, 128, 128],
  channels: 'rgb',
};

/** The strengths of `everything`; hue is in turns, noise in 0…255 units. `crop` has none of them. */
export const everything = {
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  noise: 5,
} as const;

export function readJob(): Job {
  return JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
}

/** A batch as a contender hands it over. `pixels` is asked for only while checking. */
export interface TimedBatch {
  count: number;
  shape: readonly number[];
  pixels(): Float32Array | Promise<Float32Array>;
  release(): void;
}

/** Checks, warms up, then counts images for `job.seconds`, and prints the {@link Outcome}. */
export async function timeBatches(
  job: Job,
  batches: AsyncIterator<TimedBatch>,
  version: string,
): Promise<void> {
  const next = async () => (await batches.next()).value as TimedBatch;
  const statistics = await summarize(next, job.checkImages);
  // What was rendered ahead during the check must not be counted.
  for (let i = 0; i < 4 + 2 * job.threads; i++) (await next()).release();
  let images = 0;
  const start = performance.now();
  let seconds = 0;
  while (seconds < job.seconds) {
    const batch = await next();
    images += batch.count;
    batch.release();
    seconds = (performance.now() - start) / 1000;
  }
  const outcome: Outcome = { images, seconds, ...statistics, version };
  console.log(JSON.stringify(outcome));
}

async function summarize(next: () => Promise<TimedBatch>, checkImages: number) {
  let [images, values, sum, squares] = [0, 0, 0, 0];
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let shape: number[] = [];
  while (images < checkImages) {
    const batch = await next();
    for (const value of await batch.pixels()) {
      sum += value;
      squares += value * value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      values += 1;
    }
    shape = batch.shape.slice(1);
    images += batch.count;
    batch.release();
  }
  const mean = sum / values;
  return { shape, minimum, maximum, mean, deviation: Math.sqrt(squares / values - mean * mean) };
}
