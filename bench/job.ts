/** The input and output of a contender's process, and the clock of all contenders in TypeScript. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Preprocessing } from '../src/index.js';

/** The two loads: `crop` is a random-resized crop, flip and normalisation; `everything` adds colour and noise. */
export const loads = { crop: 'crop only', everything: 'everything on' } as const;
export type Load = keyof typeof loads;

/** One run of one contender, in a JSON file whose path is the process's first argument. */
export interface Job {
  /** Absolute paths of JPEG files. */
  files: string[];
  load: Load;
  /** Render each whole picture in the order of the files instead of random windows: only for the check. */
  whole: boolean;
  threads: number;
  batchSize: number;
  /** The least measured time. */
  seconds: number;
  /** A file for the pixels of two epochs, as float32, instead of a timing; null for a timing. */
  pixels: string | null;
  /** A folder kept between runs, for a contender that needs its own file format. */
  workspace: string;
}

/** The last line that a process prints. */
export interface Outcome {
  /** Measured images and time; 0 if pixels were written. */
  images: number;
  seconds: number;
  /** Shape of an image: [224, 224, 3] or [3, 224, 224], normalised values, (pixel − 127) / 128; [] for whole pictures. */
  shape: number[];
  /** Only of the yardstick: the mean level over all pictures. */
  mean?: number;
  /** Name and version of the measured program. */
  version: string;
}

/** Side of the square that each contender renders. */
export const side = 224;

/** The same values as a preprocessing record of Bobbin. */
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

export function readJob<Given = Job>(): Given {
  return JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
}

/** A batch of a contender. `pixels` is called only if they are needed. */
export interface TimedBatch {
  count: number;
  shape: readonly number[];
  pixels(): Float32Array | Promise<Float32Array>;
  release(): void;
}

/**
 * Writes the pixels of two epochs, or warms up and counts images for `job.seconds`; prints the {@link Outcome}.
 * `version` is called at the end.
 */
export async function timeBatches(
  job: Job,
  batches: AsyncIterator<TimedBatch>,
  version: () => string,
): Promise<void> {
  const next = async () => (await batches.next()).value as TimedBatch;
  const { pixels } = job;
  const measured = pixels === null ? await time(next, job) : await write(next, job, pixels);
  const outcome: Outcome = { ...measured, version: version() };
  console.log(JSON.stringify(outcome));
}

async function time(next: () => Promise<TimedBatch>, { threads, seconds: least }: Job) {
  let shape: number[] = [];
  // Images rendered ahead before the clock starts must not count.
  for (let i = 0; i < warmUpBatches(threads); i++) {
    const batch = await next();
    shape = batch.shape.slice(1);
    batch.release();
  }
  let images = 0;
  const start = performance.now();
  let seconds = 0;
  while (seconds < least) {
    const batch = await next();
    images += batch.count;
    batch.release();
    seconds = (performance.now() - start) / 1000;
  }
  return { images, seconds, shape };
}

/** More than any contender prepares ahead. */
const warmUpBatches = (threads: number) => 12 + 2 * threads;

async function write(next: () => Promise<TimedBatch>, { files }: Job, target: string) {
  const file = openSync(target, 'w');
  let shape: number[] = [];
  // A contender may remember the first epoch; the later ones, which dominate a timing, may then use another path.
  for (let images = 0; images < 2 * files.length; ) {
    const batch = await next();
    writeSync(file, await batch.pixels());
    shape = batch.shape.slice(1);
    images += batch.count;
    batch.release();
  }
  closeSync(file);
  return { images: 0, seconds: 0, shape };
}
