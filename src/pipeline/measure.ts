/** Measures the loader on somebody's own files: images a second by thread count, where the time goes, what to change. */
import { type ImageFile, imageFile } from '../dataset/index.js';
import { type OptionValues, pickOptions, resolveOptions } from '../options.js';
import type { Augmentation } from './augmentation.js';
import { createLoader } from './loader.js';
import type { LoaderOptions } from './loader-options.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import type { PipelineWork } from './work.js';

export const measureOptions = {
  seconds: { type: 'number', default: 5, min: 0.1, max: 3600, help: 'time on the clock per run' },
  batchSize: { type: 'integer', default: 64, min: 1, max: 65536, help: 'images a batch' },
} as const;

export interface MeasureRequest
  extends Partial<OptionValues<typeof measureOptions>>,
    Pick<LoaderOptions<PixelType>, 'augment' | 'dtype' | 'gpuDevice' | 'memory'> {
  /** Absolute paths; with a range where the image is a part of a file. */
  files: readonly (string | ImageFile)[];
  threads: number;
  preprocessing: Preprocessing;
  augmentation?: Partial<Augmentation>;
}

/** One run. Shares of time are of what the threads spent on images; together 1. */
export interface Measurement {
  threads: number;
  imagesPerSecond: number;
  readShare: number;
  decodeShare: number;
  renderShare: number;
  /** Share of the images that are no JPEG. */
  otherFormatsShare: number;
  /** Mean size of an image as it is stored. */
  bytesPerImage: number;
  /** Files that could not be used. */
  unreadable: number;
}

/** A run's outcome and the loader's work in it as a measurement. */
export function measurementOf(
  run: Pick<Measurement, 'threads' | 'imagesPerSecond' | 'unreadable'>,
  work: PipelineWork,
): Measurement {
  const time = work.readMs + work.decodeMs + work.renderMs || 1;
  const images = work.images || 1;
  return {
    ...run,
    readShare: work.readMs / time,
    decodeShare: work.decodeMs / time,
    renderShare: work.renderMs / time,
    otherFormatsShare: Math.min(1, work.otherFormats / images),
    bytesPerImage: work.readBytes / images,
  };
}

/** Takes batches as fast as they come, over and over, for `seconds`. Unreadable files are counted. */
export async function measureLoader(request: MeasureRequest): Promise<Measurement> {
  const { files, seconds: _, batchSize: __, ...loading } = request;
  const { seconds, batchSize } = resolveOptions(
    measureOptions,
    pickOptions(measureOptions, request),
  );
  const loader = createLoader({
    ...loading,
    samples: files.map((file) => ({ ...imageFile(file), label: 0 })),
    batchSize: Math.min(batchSize, files.length),
    shuffle: true,
    // An empty row in its place: a file that fails must not make the others count twice.
    damaged: 'mark',
    failureBudget: Number.POSITIVE_INFINITY,
  });
  try {
    const start = performance.now();
    let images = 0;
    const elapsed = () => (performance.now() - start) / 1000;
    for (let epoch = 0; elapsed() < seconds; epoch++) {
      for await (const batch of loader.epoch(epoch)) {
        images += batch.indices.filter((index) => index >= 0).length;
        batch.release();
        if (elapsed() >= seconds) {
          break;
        }
      }
    }
    const imagesPerSecond = images / elapsed();
    const unreadable = loader.failures.length;
    return measurementOf(
      { threads: request.threads, imagesPerSecond, unreadable },
      loader.statistics,
    );
  } finally {
    loader.close();
  }
}

/** What advice is drawn from beside the measurements. */
export interface Circumstances {
  /** Cores that the process may use. */
  cores: number;
  /** Share of its time that the consumer waits for batches: 1 where it does nothing else. */
  waitShare: number;
  /** Share of its time that a run before the measurements spent reading, where nothing may have been in memory yet. */
  firstReadShare?: number;
}

/** A file above this size holds more pixels than a model of common size sees: about 800 × 600 JPEG. */
const largeFile = 150_000;
/** Another thread that adds less than this share of the first one's rate is not worth its core. */
const worthwhile = 0.2;
/** As many threads are enough as come this near to the best rate. */
const nearBest = 0.9;
/** More reading than this is the disk's fault. */
const muchReading = 0.3;
/** A consumer that waits less has little to gain from a faster loader. */
const muchWaiting = 0.1;

/** One sentence: what would make things faster. `measurements` ascend by threads, at least one. */
export function adviceOn(
  measurements: readonly Measurement[],
  { cores, waitShare, firstReadShare = 0 }: Circumstances,
): string {
  const [first, last] = [measurements[0], measurements.at(-1)] as [Measurement, Measurement];
  const best = measurements.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  if (best.imagesPerSecond === 0) {
    return 'No file could be read: look at what the folder holds.';
  }
  if (waitShare < muchWaiting) {
    return `The loader keeps up: only ${percent(waitShare)} of the time goes into waiting for images, so a faster step is what would help.`;
  }
  if (best.otherFormatsShare > 0.1) {
    return `${percent(best.otherFormatsShare)} of the images are no JPEG and take a slower way: store them as JPEG.`;
  }
  if (Math.max(best.readShare, firstReadShare) > muchReading) {
    const reading =
      best.readShare > muchReading
        ? `takes ${percent(best.readShare)} of the time`
        : `took ${percent(firstReadShare)} of the time at first, before the files were in memory`;
    return `Reading ${reading}: keep the files on a faster disk, or have memory enough that they stay cached.`;
  }
  const added = last.threads - first.threads;
  const gain = (last.imagesPerSecond - first.imagesPerSecond) / (first.imagesPerSecond * added);
  if (added > 0 && gain < worthwhile) {
    const enough = measurements.find(
      ({ imagesPerSecond }) => imagesPerSecond >= nearBest * best.imagesPerSecond,
    ) as Measurement;
    return `${enough.threads} thread(s) are enough: more add little, so something else uses the cores.`;
  }
  if (best.decodeShare > 0.6 && best.bytesPerImage > largeFile) {
    return `Decoding takes ${percent(best.decodeShare)} of the time and the files are ${Math.round(best.bytesPerImage / 1000)} KB: store them smaller, with a short side near what training crops from.`;
  }
  if (last.threads < cores) {
    const paidOff = added > 0 ? ' and each thread added so far paid off' : '';
    return `Use more threads than ${last.threads}: ${cores} cores are there${paidOff}.`;
  }
  const [stage, share] =
    best.decodeShare > best.renderShare
      ? ['decoding: smaller files', best.decodeShare]
      : ['rendering: fewer augmentations', best.renderShare];
  return `All ${cores} cores are at work, ${percent(share)} of it ${stage}, or more cores, make it faster.`;
}
