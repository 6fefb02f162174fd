/** From what the native trials of a GPU took to rows: medians, spreads, and bytes moved against a plain copy's. */
import { median } from '../results.js';

/** The fused kernel's work in one sweep over its inputs. */
export interface KernelWork {
  /** Bytes of the samples that the views' windows cover, all planes together. */
  sampleBytes: number;
  /** Of a job's numbers. */
  jobBytes: number;
  /** Side of a view in pixels. */
  size: number;
  /** Of a stored value. */
  valueBytes: number;
}

/** One measurement of bobbin_cuda_bench, as it prints it. */
export interface NativeTrial {
  what: string;
  /** Images in a batch; 0 of a plain copy. */
  batch: number;
  /** Images on the clock; 0 of a plain copy. */
  images: number;
  seconds: number;
  /** Bytes of a plain copy, those read and those written; else 0. */
  bytes: number;
  /** Of the fused kernel alone. */
  kernel: KernelWork | null;
}

/** What bobbin_cuda_bench prints: the card and its trials, the same ones each time. */
export interface NativeOutcome {
  card: string;
  trials: NativeTrial[];
}

export interface GpuRow {
  what: string;
  batch: number;
  /** Medians over the rounds; null where that measure does not apply. */
  imagesPerSecond: number | null;
  microsecondsPerImage: number | null;
  gigabytesPerSecond: number | null;
  /** Of the bandwidth that a copy on the device reached in the same round. */
  shareOfCopy: number | null;
  /** Largest time less smallest, over the median. */
  spread: number;
}

/** The trial whose bandwidth is the floor of every kernel's time. */
export const deviceCopy = 'copy on the device';

/**
 * Bytes that rendering `images` views has to move at least: every sample that a window covers is read once,
 * so is every job, and every value is written once.
 */
export function kernelBytes(images: number, kernel: KernelWork): number {
  const values = images * kernel.size ** 2 * 3;
  return kernel.sampleBytes + images * kernel.jobBytes + values * kernel.valueBytes;
}

/** Rows in the trials' order. Throws where a round has other trials than the first. */
export function gpuRowsOf(rounds: NativeOutcome[]): GpuRow[] {
  const [first] = rounds;
  if (first === undefined) {
    throw new Error('Expected at least one round');
  }
  return first.trials.map(({ what, batch }, index) => {
    const trials = rounds.map(({ trials }) => trials[index] as NativeTrial);
    if (trials.some((trial) => trial?.what !== what || trial.batch !== batch)) {
      throw new Error(`${what} × ${batch} is not a trial of each round`);
    }
    const copies = rounds.map((round) => bandwidthOf(copyIn(round)) as number);
    return rowOf(trials, copies);
  });
}

function copyIn({ trials }: NativeOutcome): NativeTrial {
  const copy = trials.find(({ what }) => what === deviceCopy);
  if (copy === undefined) {
    throw new Error(`Expected a trial of ${deviceCopy}`);
  }
  return copy;
}

function bandwidthOf({ images, seconds, bytes, kernel }: NativeTrial): number | null {
  const moved = kernel === null ? bytes : kernelBytes(images, kernel);
  return moved === 0 ? null : moved / seconds / 1e9;
}

function rowOf(trials: NativeTrial[], copies: number[]): GpuRow {
  const { what, batch, images, kernel } = trials[0] as NativeTrial;
  const seconds = trials.map((trial) => trial.seconds);
  const time = median(seconds);
  const bandwidths = trials.map(bandwidthOf) as number[];
  return {
    what,
    batch,
    imagesPerSecond: images === 0 ? null : images / time,
    microsecondsPerImage: images === 0 ? null : (1e6 * time) / images,
    gigabytesPerSecond: bandwidths[0] === null ? null : median(bandwidths),
    // A copy into the device goes over another wire.
    shareOfCopy:
      kernel === null
        ? null
        : median(bandwidths.map((gb, round) => gb / (copies[round] as number))),
    spread: (Math.max(...seconds) - Math.min(...seconds)) / time,
  };
}

export const gpuHeader = ['trial', 'batch', 'images/s', 'µs/image', 'GB/s', 'of a copy', 'spread'];

/** A row's cells under {@link gpuHeader}. */
export function gpuCellsOf(row: GpuRow): string[] {
  const cell = (value: number | null, digits: number) => value?.toFixed(digits) ?? '–';
  return [
    row.what,
    row.batch === 0 ? '–' : `${row.batch}`,
    cell(row.imagesPerSecond, 0),
    cell(row.microsecondsPerImage, 2),
    cell(row.gigabytesPerSecond, 1),
    row.shareOfCopy === null ? '–' : `${(100 * row.shareOfCopy).toFixed(0)}%`,
    `${(100 * row.spread).toFixed(0)}%`,
  ];
}
