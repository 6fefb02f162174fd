/** Turns the native trials of a GPU into rows: medians, spreads, and the bandwidth compared with a plain copy. */
import { median } from '../results.js';

/** The work of the fused kernel in one sweep over its input. */
export interface KernelWork {
  /** Bytes of the samples in the views' windows, over all planes. */
  sampleBytes: number;
  /** Bytes of a job. */
  jobBytes: number;
  /** Side of a view in pixels. */
  size: number;
  /** Bytes of a stored value. */
  valueBytes: number;
}

/** One measurement of bobbin_cuda_bench, as it prints it. */
export interface NativeTrial {
  what: string;
  /** Images in a batch; 0 for a plain copy. */
  batch: number;
  /** Measured images; 0 for a plain copy. */
  images: number;
  seconds: number;
  /** Bytes read and written by a plain copy; else 0. */
  bytes: number;
  /** Only for the fused kernel. */
  kernel: KernelWork | null;
}

/** The output of bobbin_cuda_bench: the GPU and its trials, the same in each round. */
export interface NativeOutcome {
  card: string;
  trials: NativeTrial[];
}

export interface GpuRow {
  what: string;
  batch: number;
  /** Medians over the rounds; null if the measure does not apply. */
  imagesPerSecond: number | null;
  microsecondsPerImage: number | null;
  gigabytesPerSecond: number | null;
  /** Share of the bandwidth of a copy on the device in the same round. */
  shareOfCopy: number | null;
  /** (largest − smallest time) / median. */
  spread: number;
}

/** The trial whose bandwidth bounds the time of every kernel. */
export const deviceCopy = 'copy on the device';

/**
 * The least number of bytes to render `images` views: every sample in a window and every job is read once, and
 * every value is written once.
 */
export function kernelBytes(images: number, kernel: KernelWork): number {
  const values = images * kernel.size ** 2 * 3;
  return kernel.sampleBytes + images * kernel.jobBytes + values * kernel.valueBytes;
}

/**
 * Rows in the order of the trials.
 * @throws Error when a round has different trials from the first.
 */
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
    // A copy into the device uses another bus.
    shareOfCopy:
      kernel === null
        ? null
        : median(bandwidths.map((gb, round) => gb / (copies[round] as number))),
    spread: (Math.max(...seconds) - Math.min(...seconds)) / time,
  };
}

export const gpuHeader = ['trial', 'batch', 'images/s', 'µs/image', 'GB/s', 'of a copy', 'spread'];

/** The cells of a row under {@link gpuHeader}. */
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
