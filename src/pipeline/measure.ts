/** Measures the loader on the user's files: images a second, the share of each stage, and advice on what to change. */

import { type ImageFile, imageFile } from '../dataset/index.js';
import { type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { count } from '../plural.js';
import type { AugmentationOptions } from './augmentation.js';
import { createLoader } from './loader.js';
import type { LoaderOptions } from './loader-options.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import type { PipelineWork } from './work.js';

export const measureOptions = {
  seconds: { type: 'number', default: 5, min: 0.1, max: 3600, help: 'duration of each run' },
  batchSize: { type: 'integer', default: 64, min: 1, max: 65536, help: 'images in a batch' },
} as const;

export interface MeasureRequest
  extends GivenValues<typeof measureOptions>,
    Pick<LoaderOptions<PixelType>, 'augment' | 'dtype' | 'gpuDevice' | 'memory'> {
  /** Absolute paths, with a byte range for an image inside a shard. */
  files: readonly (string | ImageFile)[];
  /** Threads that decode and render. */
  threads: number;
  /** Size and normalisation of the pixels. */
  preprocessing: Preprocessing;
  /** Random changes of the images. */
  augmentation?: AugmentationOptions;
}

/** The result of one run. The three shares of the threads' time add up to 1. */
export interface Measurement {
  threads: number;
  imagesPerSecond: number;
  readShare: number;
  decodeShare: number;
  renderShare: number;
  /** Share of the images that are not JPEG files, 0…1. */
  otherFormatsShare: number;
  /** Mean size of an encoded image. */
  bytesPerImage: number;
  /** Files that could not be used. */
  unreadable: number;
}

/** Combines the rate of a run with the loader's totals. */
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

/** Loads the files again and again for `seconds`, without a consumer, and counts unreadable files. */
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
    // A file that fails leaves an empty row: a replacement would count another file twice.
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

/** Facts for advice besides the measurements. */
export interface Circumstances {
  /** Cores that the process may use. */
  cores: number;
  /** Share of its time that the consumer waits for batches, 0…1; 1 without a consumer. */
  waitShare: number;
  /** Share of the time that an earlier run spent reading, when the files may not have been in memory yet. */
  firstReadShare?: number;
}

/** Bytes of a JPEG of about 800 × 600 pixels: a larger file has more pixels than a common model needs. */
const largeFile = 150_000;
/** A thread is worth its core if it adds at least this share of the first thread's rate. */
const worthwhile = 0.2;
/** The threads are enough if they reach this share of the best rate. */
const nearBest = 0.9;
/** Above this share of reading the disk is the bottleneck. */
const muchReading = 0.3;
/** Below this share of waiting a faster loader gains little. */
export const muchWaiting = 0.1;

/** One sentence on what would make loading faster. `measurements` has one entry or more, in order of their threads. */
export function adviceOn(
  measurements: readonly Measurement[],
  { cores, waitShare, firstReadShare = 0 }: Circumstances,
): string {
  const [first, last] = [measurements[0], measurements.at(-1)] as [Measurement, Measurement];
  const best = measurements.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  if (best.imagesPerSecond === 0) {
    return 'No file could be read: check the files in the folder.';
  }
  if (waitShare < muchWaiting) {
    return `The loader is fast enough: waiting for images takes only ${percent(waitShare)} of the time, so only a faster step would help.`;
  }
  if (best.otherFormatsShare > 0.1) {
    return `${percent(best.otherFormatsShare)} of the images are not JPEG files and are decoded more slowly: store them as JPEG.`;
  }
  if (Math.max(best.readShare, firstReadShare) > muchReading) {
    const reading =
      best.readShare > muchReading
        ? `takes ${percent(best.readShare)} of the time`
        : `took ${percent(firstReadShare)} of the time at first, before the files were in memory`;
    return `Reading ${reading}: use a faster disk, or more memory, so that the files stay cached.`;
  }
  const added = last.threads - first.threads;
  const gain = (last.imagesPerSecond - first.imagesPerSecond) / (first.imagesPerSecond * added);
  if (added > 0 && gain < worthwhile) {
    const enough = measurements.find(
      ({ imagesPerSecond }) => imagesPerSecond >= nearBest * best.imagesPerSecond,
    ) as Measurement;
    return `${count(enough.threads, 'thread is', 'threads are')} enough: more add little, because something else uses the cores.`;
  }
  if (best.decodeShare > 0.6 && best.bytesPerImage > largeFile) {
    return `Decoding takes ${percent(best.decodeShare)} of the time and the files are ${Math.round(best.bytesPerImage / 1000)} KB: store smaller images, with a short side near the resize that training crops from.`;
  }
  if (last.threads < cores) {
    const paidOff = added > 0 ? ', and each thread so far made loading faster' : '';
    return `Use more threads than ${last.threads}: the machine has ${cores} cores${paidOff}.`;
  }
  const [stage, share] =
    best.decodeShare > best.renderShare
      ? ['decoding: smaller files', best.decodeShare]
      : ['rendering: fewer augmentations', best.renderShare];
  return `All ${cores} cores are busy, ${percent(share)} of the time with ${stage} or more cores would make loading faster.`;
}
