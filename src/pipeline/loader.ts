/** The loader: batches rendered ahead on native threads, one epoch after another. */
import type { ImageFile } from '../dataset/index.js';
import { expected } from '../errors.js';
import { cudaLibrary } from '../native.js';
import { checkOption, resolveOptions } from '../options.js';
import {
  type Augmentation,
  augmentationOptions,
  checkAugmentation,
  viewsOf,
} from './augmentation.js';
import { Batch } from './batch.js';
import { memoryOf } from './cuda.js';
import { type LoaderOptions, loaderOptions } from './loader-options.js';
import {
  type NativeBatch,
  type NativeLoader,
  pipelineAddon,
  type Recipe,
} from './native-loader.js';
import { decodeOtherFormat } from './other-formats.js';
import type { PixelType } from './pixel-type.js';
import { checkPreprocessing, type Preprocessing } from './preprocessing.js';
import { slotsWithin } from './ring.js';
import { type LoaderSample, locate } from './samples.js';
import type { PipelineWork } from './work.js';

/** A file that could not be used, and why. */
export interface LoaderFailure extends ImageFile {
  reason: string;
}

/** Totals since the loader was made. */
export interface LoaderStatistics extends PipelineWork {
  /** Time the consumer spent waiting for batches, in milliseconds. */
  waitMs: number;
  /** Memory of the batches in bytes, fixed from the beginning. */
  ringBytes: number;
}

/**
 * Validates everything, allocates the ring and starts the threads. Throws InvalidInputError for options
 * that make no sense, and a plain Error where the machine refuses: no memory for the ring, or no such GPU.
 */
export function createLoader<Type extends PixelType = 'float32'>(
  options: LoaderOptions<Type>,
): Loader<Type> {
  return new Loader(options);
}

/** After so long without a slot to render into, the consumer is told that it holds them all. */
const starvedAfterMs = 10_000;

interface Waiting {
  resolve(batch: NativeBatch): void;
  reject(reason: unknown): void;
}

/** See {@link createLoader}. Batches must be adopted or released; `close` ends the threads. */
export class Loader<Type extends PixelType = 'float32'> {
  /** Batches in an epoch; the last may be smaller. */
  readonly batchesPerEpoch: number;
  readonly batchSize: number;
  readonly samples: readonly LoaderSample[];
  readonly preprocessing: Preprocessing;
  readonly augmentation: Augmentation;
  readonly dtype: Type;
  /** Where batches lie; undefined for main memory. */
  private readonly gpuDevice: number | undefined;
  private readonly seed: number;
  private readonly slots: number;
  private readonly native: NativeLoader;
  private readonly maxDecoding: number;
  private readonly requests: { ticket: number; sample: number }[] = [];
  private decoding = 0;
  private run = 0;
  private waiting: Waiting | undefined;
  private waitMs = 0;
  private otherFormats = 0;
  private otherFormatsMs = 0;
  private closedWith: { failures: LoaderFailure[]; statistics: LoaderStatistics } | undefined;

  constructor({ samples, preprocessing, augmentation, ...rest }: LoaderOptions<Type>) {
    const { memoryMB, memory: _, ...options } = resolveOptions(loaderOptions, rest);
    if (memoryMB > 0 && rest.slots !== undefined) {
      throw expected('none beside memoryMB', 'slots', rest.slots);
    }
    if (!samples?.length) {
      throw expected('at least one image', 'samples', samples);
    }
    const rows = shareOf(samples.length, options);
    checkPreprocessing(preprocessing);
    this.samples = samples;
    this.preprocessing = preprocessing;
    this.augmentation = resolveOptions(augmentationOptions, augmentation);
    checkAugmentation(this.augmentation);
    this.gpuDevice = memoryOf(rest) === 'gpu' ? options.gpuDevice : undefined;
    this.dtype = options.dtype as Type;
    this.batchSize = options.batchSize;
    this.batchesPerEpoch = Math.ceil(rows / options.batchSize);
    this.seed = options.seed;
    this.slots = memoryMB === 0 ? options.slots : slotsWithin(memoryMB, this.slotContent());
    // More than run at once: they go on while a training step keeps this thread from asking for more.
    this.maxDecoding = 4 * options.threads;
    this.native = new (pipelineAddon().Loader)(
      {
        ...options,
        slots: this.slots,
        ...locate(samples),
        preprocessing,
        augmentation: this.augmentation,
        device: this.gpuDevice === undefined ? 'none' : 'cuda',
        cudaLibrary,
      },
      () => this.wake(),
    );
  }

  /**
   * The batches of epoch `number`, from batch `start` on; rendering ahead begins at once. Only the
   * newest epoch yields batches. Leaving the loop early stops the rendering.
   *
   * Iteration rejects when the run cannot go on: see `damaged` and `failureBudget`.
   */
  epoch(
    number: number,
    { start = 0 }: { start?: number } = {},
  ): AsyncIterableIterator<Batch<Type>> {
    const range = { type: 'integer', default: 0, min: 0, help: '' } as const;
    checkOption('epoch', { ...range, max: Number.MAX_SAFE_INTEGER }, number);
    checkOption('start', { ...range, max: this.batchesPerEpoch }, start);
    this.waiting?.reject(new Error('A newer epoch has begun'));
    this.waiting = undefined;
    this.native.beginEpoch(number, start);
    // Nobody waits for what an older epoch asked for.
    this.requests.length = 0;
    this.run += 1;
    return this.batches(this.run, number, start);
  }

  /**
   * What will be done to a sample of so many upright pixels, drawn without reading it: one recipe a view. Throws for
   * numbers that no sample can have.
   */
  recipesOf(
    sample: number,
    { epoch = 0, width, height }: { epoch?: number; width: number; height: number },
  ): Recipe[] {
    const counter = { type: 'integer', default: 0, min: 0, max: 2 ** 31 - 1, help: '' } as const;
    checkOption('sample', { ...counter, max: this.samples.length - 1 }, sample);
    checkOption('epoch', counter, epoch);
    for (const [name, side] of Object.entries({ width, height })) {
      checkOption(name, { ...counter, min: 1 }, side);
    }
    const of = { seed: this.seed, epoch, sample, width, height };
    return pipelineAddon().drawRecipes(this.augmentation, this.preprocessing, of);
  }

  /** Each unusable file met so far, in the samples' order. */
  get failures(): LoaderFailure[] {
    if (this.closedWith) {
      return this.closedWith.failures;
    }
    return this.native.failures().map(({ index, reason }) => {
      const { path, range } = this.samples[index] as LoaderSample;
      return { path, ...(range && { range }), reason };
    });
  }

  get statistics(): LoaderStatistics {
    if (this.closedWith) {
      return this.closedWith.statistics;
    }
    const totals = this.native.statistics();
    return {
      images: totals.images,
      readBytes: totals.readBytes,
      waitMs: this.waitMs,
      readMs: totals.readMicroseconds / 1000,
      decodeMs: totals.decodeMicroseconds / 1000,
      renderMs: totals.renderMicroseconds / 1000,
      otherFormats: this.otherFormats,
      otherFormatsMs: this.otherFormatsMs,
      deviceDecoded: totals.deviceDecoded,
      deviceRendered: totals.deviceRendered,
      deviceMs: totals.deviceMicroseconds / 1000,
      ringBytes: totals.ringBytes,
    };
  }

  /** Stops and joins the threads, each after the image at hand. Batches already taken stay valid. */
  close(): void {
    if (this.closedWith) {
      return;
    }
    this.closedWith = { failures: this.failures, statistics: this.statistics };
    this.run += 1;
    this.requests.length = 0;
    this.waiting?.reject(new Error('The loader was closed'));
    this.waiting = undefined;
    this.native.close();
  }

  private slotContent() {
    const rows = this.batchSize * viewsOf(this.augmentation);
    return { rows, crop: this.preprocessing.crop, dtype: this.dtype };
  }

  private async *batches(run: number, epoch: number, start: number) {
    try {
      for (let batch = start; batch < this.batchesPerEpoch; batch++) {
        if (this.run !== run) {
          throw new Error('The loader was closed or a newer epoch has begun');
        }
        yield await this.next();
      }
    } finally {
      if (this.run === run) {
        this.native.beginEpoch(epoch, this.batchesPerEpoch);
      }
    }
  }

  private async next(): Promise<Batch<Type>> {
    const asked = performance.now();
    const starved = setTimeout(() => this.warnIfStarved(), starvedAfterMs);
    this.native.hold(true);
    try {
      const batch = await new Promise<NativeBatch>((resolve, reject) => {
        this.waiting = { resolve, reject };
        this.wake();
      });
      const waitMs = performance.now() - asked;
      this.waitMs += waitMs;
      return this.batchOf(batch, waitMs);
    } finally {
      clearTimeout(starved);
      // A newer epoch may wait by now.
      if (!this.closedWith && !this.waiting) {
        this.native.hold(false);
      }
    }
  }

  private batchOf({ partners, ...batch }: NativeBatch, waitMs: number): Batch<Type> {
    const { dtype, preprocessing } = this;
    const { crop } = preprocessing;
    const images = batch.indices.length * viewsOf(this.augmentation);
    return new Batch({
      ...batch,
      dtype,
      preprocessing,
      shape: [images, crop, crop, 3],
      gpuDevice: this.gpuDevice,
      labels: this.labelsOf(batch.indices),
      partnerLabels: this.labelsOf(partners),
      waitMs,
    });
  }

  private labelsOf(indices: Int32Array): Int32Array {
    return indices.map((index) => this.samples[index]?.label ?? -1);
  }

  /** Called whenever the native side has something new. */
  private wake(): void {
    for (const request of this.native.takeRequests()) {
      this.requests.push(request);
    }
    this.decodeRequests();
    const { waiting } = this;
    if (!waiting) {
      return;
    }
    try {
      const batch = this.native.take();
      if (!batch) {
        return;
      }
      this.waiting = undefined;
      waiting.resolve(batch);
    } catch (error) {
      this.waiting = undefined;
      waiting.reject(error);
    }
  }

  private decodeRequests(): void {
    while (this.decoding < this.maxDecoding) {
      const request = this.requests.shift();
      if (!request) {
        return;
      }
      this.decoding += 1;
      void this.decode(request).finally(() => {
        this.decoding -= 1;
        this.decodeRequests();
      });
    }
  }

  private async decode({ ticket, sample }: { ticket: number; sample: number }): Promise<void> {
    const start = performance.now();
    try {
      const { rgb, width, height } = await decodeOtherFormat(this.samples[sample] as LoaderSample);
      // What is damaged may be a JPEG.
      this.otherFormats += 1;
      this.otherFormatsMs += performance.now() - start;
      if (!this.closedWith) {
        this.native.supply(ticket, rgb, width, height);
      }
    } catch (error) {
      // libvips repeats itself over several lines.
      const [reason] = (error as Error).message.split('\n');
      if (!this.closedWith) {
        this.native.supplyFailure(ticket, reason || 'unreadable');
      }
    }
  }

  private warnIfStarved(): void {
    if (this.closedWith || this.native.statistics().leased < this.slots) {
      return;
    }
    process.emitWarning(
      `The loader has no memory to render into: all ${this.slots} batches are held. Release or adopt and dispose each batch, or give more \`slots\` or \`memoryMB\`.`,
      { code: 'BOBBIN_STARVED' },
    );
  }
}

/** How many samples of an epoch one of `workerCount` loaders takes. */
function shareOf(
  samples: number,
  { workerIndex, workerCount }: { workerIndex: number; workerCount: number },
): number {
  if (workerIndex >= workerCount) {
    throw expected(`an integer below workerCount, ${workerCount},`, 'workerIndex', workerIndex);
  }
  if (workerCount > samples) {
    throw expected(`at most one worker an image, ${samples},`, 'workerCount', workerCount);
  }
  return Math.ceil((samples - workerIndex) / workerCount);
}
