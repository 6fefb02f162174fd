/** What a contender's process is given and what it gives back, and the clock that all contenders written in TypeScript share. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Preprocessing } from '../src/index.js';

/** The two loads: `crop` is a random-resized crop, flip and normalisation; `everything` adds colour and noise. */
export const loads = { crop: 'crop only', everything: 'everything on' } as const;
export type Load = keyof typeof loads;

/** One run of one contender, written as JSON into a file that the process gets as its only argument. */
export interface Job {
  /** Absolute paths of JPEG files. */
  files: string[];
  load: Load;
  /** Each whole picture in the files' order instead of a random window: only to be looked at. */
  whole: boolean;
  threads: number;
  batchSize: number;
  /** The clock runs at least so long. */
  seconds: number;
  /** Where the pixels of two epochs go instead of a timing, as float32; null for a timing. */
  pixels: string | null;
  /** A folder kept between runs, for a contender that needs the files in a format of its own. */
  workspace: string;
}

/** What a process prints as its last line. */
export interface Outcome {
  /** Images on the clock and its time; 0 where pixels were written. */
  images: number;
  seconds: number;
  /** Of one image: [224, 224, 3] or [3, 224, 224], normalised values, (pixel − 127) / 128; [] of whole pictures. */
  shape: number[];
  /** The yardstick's own: the mean level over all pictures. */
  mean?: number;
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

export function readJob<Given = Job>(): Given {
  return JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
}

/** A batch as a contender hands it over. `pixels` is asked for only where they are looked at. */
export interface TimedBatch {
  count: number;
  shape: readonly number[];
  pixels(): Float32Array | Promise<Float32Array>;
  release(): void;
}

/**
 * Writes two epochs' pixels or warms up and counts images for `job.seconds`; prints the {@link Outcome}.
 * `version` is asked for at the end.
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
  // What was rendered ahead before the clock starts must not be counted.
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
  // What a contender remembers of the first epoch makes the later ones, most of a timing, another path.
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
