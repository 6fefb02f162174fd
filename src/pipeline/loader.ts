/** The loader: batches rendered ahead on native threads, one epoch after another. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { number as aNumber, checkArguments, optional, type ShapeOf } from '../arguments.js';
import type { ImageFile } from '../dataset/index.js';
import { checkOption } from '../options.js';
import { type Augmentation, viewsOf } from './augmentation.js';
import { BySample } from './balance.js';
import { Batch } from './batch.js';
import { DecodeQueue } from './decode/decode-queue.js';
import type { LoaderOptions } from './loader-options.js';
import { resolveLoader } from './loader-settings.js';
import {
  type NativeBatch,
  type NativeLoader,
  pipelineAddon,
  type Recipe,
} from './native-loader.js';
import type { PixelType } from './pixel-type.js';
import type { Preprocessing } from './preprocessing.js';
import { type LoaderSample, type LoaderSamples, labelOf } from './samples.js';
import type { Variant } from './variants.js';
import type { PipelineWork } from './work.js';

/** Where {@link Loader.epoch} begins. */
interface EpochOptions {
  /** The first batch; default 0. */
  start?: number;
}

const epochShape = { start: optional(aNumber) } as const satisfies ShapeOf<EpochOptions>;

/** The image of {@link Loader.recipesOf}. */
interface RecipeOptions {
  /** Default 0. */
  epoch?: number;
  /** Upright, in pixels. */
  width: number;
  height: number;
}

const recipeShape = {
  epoch: optional(aNumber),
  width: aNumber,
  height: aNumber,
} as const satisfies ShapeOf<RecipeOptions>;

/** A file that could not be used, and why. */
export interface LoaderFailure extends ImageFile {
  reason: string;
}

/** Totals since the loader was made. */
export interface LoaderStatistics extends PipelineWork {
  /** Time the consumer spent waiting for batches, in milliseconds. */
  waitMs: number;
  /** Memory of the batches in bytes, fixed when the loader is made. */
  ringBytes: number;
}

/**
 * Checks the options, allocates the ring and starts the threads.
 *
 * @throws InvalidInputError for an invalid option or a missing GPU, and a plain Error when the system has not enough
 * memory for the ring.
 */
export function createLoader<Type extends PixelType = 'float32'>(
  options: LoaderOptions<Type>,
): Loader<Type> {
  return new Loader(options);
}

/** Time without a free slot, in milliseconds, after which the consumer is warned that it holds them all. */
const starvedAfterMs = 10_000;

interface Waiting {
  resolve(batch: NativeBatch): void;
  reject(reason: unknown): void;
}

/** See {@link createLoader}. Adopt or release every batch; `close` ends the threads. */
export class Loader<Type extends PixelType = 'float32'> {
  /** Batches of an epoch, of which the last may be smaller. */
  readonly batchesPerEpoch: number;
  /** At most the images of an epoch. */
  readonly batchSize: number;
  readonly samples: LoaderSamples;
  readonly preprocessing: Preprocessing;
  readonly augmentation: Augmentation;
  readonly variants: readonly Required<Variant>[];
  readonly dtype: Type;
  /** The CUDA device on which batches lie; undefined for main memory. */
  private readonly gpuDevice: number | undefined;
  /** See {@link LoaderSettings}. */
  private readonly entries: Uint32Array | undefined;
  private readonly seed: number;
  private readonly slots: number;
  private readonly native: NativeLoader;
  private readonly decoding: DecodeQueue;
  /** Number of the newest epoch or close; older iterations compare it and end. */
  private run = 0;
  private waiting: Waiting | undefined;
  private waitMs = 0;
  private closedWith: { failures: LoaderFailure[]; statistics: LoaderStatistics } | undefined;

  /** With `work` "check", images are decoded wholly, and batches keep what was in their memory. */
  constructor(options: LoaderOptions<Type>, work: 'render' | 'check' = 'render') {
    const { samples, entries, batchesPerEpoch, gpuDevice, native } = resolveLoader(options);
    this.samples = samples;
    this.entries = entries;
    this.batchesPerEpoch = batchesPerEpoch;
    this.gpuDevice = gpuDevice;
    this.preprocessing = native.preprocessing;
    const { variants, ...augmentation } = native.augmentation;
    this.augmentation = augmentation;
    this.variants = variants;
    this.dtype = native.dtype as Type;
    this.batchSize = native.batchSize;
    this.seed = native.seed;
    this.slots = native.slots;
    const loader = new (pipelineAddon().Loader)({ ...native, work }, () => this.wake());
    this.native = entries === undefined ? loader : new BySample(loader, entries);
    // More than can run at once, so that decoding continues while a training step blocks this thread.
    this.decoding = new DecodeQueue(this.native, samples, 4 * native.threads);
  }

  /**
   * The batches of epoch `number`, from batch `start` on. Rendering ahead begins at once. Only the newest epoch yields
   * batches. Leaving the loop early stops the rendering. Between two batches the event loop turns, whether the next one is
   * ready or not: timers and servers run.
   *
   * The iteration rejects when the loader cannot continue: see `damaged` and `failureBudget`.
   *
   * @throws InvalidInputError for a negative or fractional number, or a `start` beyond the epoch.
   */
  epoch(number: number, options: EpochOptions = {}): AsyncIterableIterator<Batch<Type>> {
    checkArguments('epoch', options, epochShape);
    const { start = 0 } = options;
    const range = { type: 'integer', default: 0, min: 0, help: '' } as const;
    checkOption('epoch', { ...range, max: Number.MAX_SAFE_INTEGER }, number);
    checkOption('start', { ...range, max: this.batchesPerEpoch }, start);
    this.waiting?.reject(new Error('A newer epoch has begun'));
    this.waiting = undefined;
    this.native.beginEpoch(number, start);
    // An older epoch asked for these.
    this.decoding.clear();
    this.run += 1;
    return this.batches(this.run, number, start);
  }

  /**
   * The recipes by which a sample of `width` × `height` upright pixels is rendered, one a view; the sample is not read. With
   * balanced sampling, a sample that can come several times in an epoch has others for its second time.
   *
   * @throws InvalidInputError for a sample that the loader does not have, or an image larger than any sample.
   */
  recipesOf(sample: number, options: RecipeOptions): Recipe[] {
    checkArguments('recipesOf', options, recipeShape);
    const { epoch = 0, width, height } = options;
    const counter = { type: 'integer', default: 0, min: 0, max: 2 ** 31 - 1, help: '' } as const;
    checkOption('sample', { ...counter, max: this.samples.length - 1 }, sample);
    checkOption('epoch', counter, epoch);
    for (const [name, side] of Object.entries({ width, height })) {
      checkOption(name, { ...counter, min: 1 }, side);
    }
    const entry = this.entries?.indexOf(sample) ?? sample;
    const { box } = this.samples.at(sample) as LoaderSample;
    const of = { seed: this.seed, epoch, sample: entry, width, height, ...(box && { box }) };
    const augmentation = { ...this.augmentation, variants: this.variants };
    return pipelineAddon().drawRecipes(augmentation, this.preprocessing, of);
  }

  /** The unusable files found so far, in the samples' order. */
  get failures(): LoaderFailure[] {
    if (this.closedWith) {
      return this.closedWith.failures;
    }
    return this.native.failures().map(({ index, reason }) => {
      const { path, range } = this.samples.at(index) as LoaderSample;
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
      ...this.decoding.work,
      deviceDecoded: totals.deviceDecoded,
      deviceRendered: totals.deviceRendered,
      deviceMs: totals.deviceMicroseconds / 1000,
      ringBytes: totals.ringBytes,
    };
  }

  /** Stops and joins the threads; each finishes its present image first. Batches already taken stay valid. */
  close(): void {
    if (this.closedWith) {
      return;
    }
    this.closedWith = { failures: this.failures, statistics: this.statistics };
    this.run += 1;
    this.decoding.close();
    this.waiting?.reject(new Error('The loader was closed'));
    this.waiting = undefined;
    this.native.close();
  }

  /** For `using`: closes the loader. */
  [Symbol.dispose](): void {
    this.close();
  }

  private async *batches(run: number, epoch: number, start: number) {
    try {
      for (let batch = start; batch < this.batchesPerEpoch; batch++) {
        if (this.run !== run) {
          throw new Error('The loader was closed or a newer epoch has begun');
        }
        yield await this.next();
        // A batch that is ready takes no turn of the event loop, so timers and servers would wait until none is.
        await nextTurn();
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
      // A newer epoch may already wait.
      if (!this.closedWith && !this.waiting) {
        this.native.hold(false);
      }
    }
  }

  private batchOf(batch: NativeBatch, waitMs: number): Batch<Type> {
    const { dtype, preprocessing } = this;
    const { crop } = preprocessing;
    const images = batch.indices.length * viewsOf(this.augmentation) * this.variants.length;
    return new Batch({
      ...batch,
      dtype,
      preprocessing,
      shape: [images, crop, crop, 3],
      gpuDevice: this.gpuDevice,
      labels: this.labelsOf(batch.indices),
      partnerLabels: this.labelsOf(batch.partners),
      waitMs,
    });
  }

  private labelsOf(indices: Int32Array): Int32Array {
    return indices.map((index) => labelOf(this.samples, index));
  }

  /** Called when the native loader may have a new batch or request. */
  private wake(): void {
    this.decoding.add(this.native.takeRequests());
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
