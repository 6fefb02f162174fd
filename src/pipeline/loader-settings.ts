/** Checks the options of a loader and fills in what follows from them. */
import { checkArguments, list, optional, record, type ShapeOf } from '../arguments.js';
import { conflict, expected } from '../errors.js';
import { cudaLibrary } from '../native.js';
import { resolveOptions } from '../options.js';
import { augmentationOptions, checkAugmentation, viewsOf } from './augmentation.js';
import { balanceOf } from './balance.js';
import { memoryOf } from './cuda.js';
import { type LoaderOptions, loaderOptions } from './loader-options.js';
import type { NativeLoaderOptions } from './native-loader.js';
import type { PixelType } from './pixel-type.js';
import { checkPreprocessing, completePreprocessing } from './preprocessing.js';
import { slotsWithin } from './ring.js';
import { imagesOf, type LoaderSamples } from './samples.js';
import { resolveVariants } from './variants.js';

/** Valid options of a loader. */
export interface LoaderSettings {
  samples: LoaderSamples;
  /** With balanced classes, the index of the sample of each image of the native loader; else these are the samples. */
  entries: Uint32Array | undefined;
  /** Batches of an epoch, of which the last may be smaller. */
  batchesPerEpoch: number;
  /** The CUDA device on which batches lie; undefined for main memory. */
  gpuDevice: number | undefined;
  native: Omit<NativeLoaderOptions, 'work'>;
}

const loaderShape = {
  ...loaderOptions,
  samples: list('an array of samples'),
  preprocessing: record('the preprocessing of a model'),
  augmentation: augmentationOptions,
  variants: optional(list('a list of variants')),
} as const satisfies ShapeOf<LoaderOptions<PixelType>>;

/** @throws InvalidInputError when an option is unknown, missing or out of its range, two exclude each other, or there is no such GPU. */
export function resolveLoader(given: LoaderOptions<PixelType>): LoaderSettings {
  checkArguments('createLoader', given, loaderShape);
  const { samples, preprocessing, augmentation, variants: views, ...rest } = given;
  const {
    memoryMB,
    memory: _,
    batchSize: most,
    sampling,
    ...options
  } = resolveOptions(loaderOptions, rest);
  if (memoryMB > 0 && rest.slots !== undefined) {
    throw conflict('`slots`', '`memoryMB`', 'Give the number of batches or their memory');
  }
  if (sampling === 'balanced' && !options.shuffle) {
    throw conflict('sampling balanced', 'shuffle false', 'Give `shuffle: true`');
  }
  if (samples.length === 0) {
    throw expected('at least one image', 'samples', samples);
  }
  const rows = shareOf(samples.length, options);
  // A batch larger than the data would only take more memory.
  const batchSize = Math.min(most, rows);
  checkPreprocessing(preprocessing);
  const augmented = resolveOptions(augmentationOptions, augmentation, 'augmentation');
  checkAugmentation(augmented);
  const variants = resolveVariants(views, { augmentation: augmented, preprocessing });
  const onGpu = memoryOf(rest) === 'gpu';
  const slot = {
    rows: batchSize * viewsOf(augmented) * variants.length,
    crop: preprocessing.crop,
    dtype: options.dtype,
  };
  const balance = sampling === 'balanced' ? balanceOf(samples) : undefined;
  return {
    samples,
    entries: balance?.entries,
    batchesPerEpoch: Math.ceil(rows / batchSize),
    gpuDevice: onGpu ? options.gpuDevice : undefined,
    native: {
      ...options,
      batchSize,
      images: imagesOf(samples, balance?.entries),
      classEnds: balance?.classEnds ?? new Uint32Array(0),
      balancedLength: balance === undefined ? 0 : samples.length,
      slots: memoryMB === 0 ? options.slots : slotsWithin(memoryMB, slot),
      preprocessing: completePreprocessing(preprocessing),
      augmentation: { ...augmented, variants },
      device: onGpu ? 'cuda' : 'none',
      cudaLibrary,
    },
  };
}

/** The number of an epoch's samples that one of `workerCount` loaders takes. */
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
