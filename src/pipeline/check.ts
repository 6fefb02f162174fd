/** Decodes images wholly, to find what is damaged before it is trained on. */
import { callback, checkArgument, checkArguments, list, type ShapeOf } from '../arguments.js';
import type { DamagedImage, ImageFile, OnProgress } from '../dataset/index.js';
import { evaluationAugmentation } from './augmentation.js';
import { Loader } from './loader.js';
import { type LoaderOptions, loaderOptions } from './loader-options.js';

/** Options of {@link checkImages}. */
export interface CheckOptions {
  /** Default: the number of cores. */
  threads?: number | undefined;
  /** Called with the number of images that were decoded, and of all. */
  onProgress?: OnProgress | undefined;
}

const checkShape = {
  threads: loaderOptions.threads,
  onProgress: callback,
} as const satisfies ShapeOf<CheckOptions>;

/** Images between two calls of `onProgress`. */
const checkedAtOnce = 64;

/**
 * Decodes each image wholly, while a loader decodes no more than a crop needs. Resolves to those that cannot be used, in the
 * order of `images`, with what is wrong and where; the reason is the same each time.
 *
 * @throws InvalidInputError when an option is unknown or out of its range.
 */
export async function checkImages(
  images: readonly ImageFile[],
  options: CheckOptions = {},
): Promise<DamagedImage[]> {
  checkArgument('images', images, list('an array of images'));
  checkArguments('checkImages', options, checkShape);
  const { threads, onProgress } = options;
  if (images.length === 0) {
    return [];
  }
  const loading: LoaderOptions<'uint8'> = {
    samples: images.map(({ path, range }) => ({ path, ...(range && { range }), label: 0 })),
    // The smallest batches: no pixel is written into them.
    preprocessing: { resize: 1, crop: 1, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' },
    dtype: 'uint8',
    augmentation: evaluationAugmentation,
    batchSize: Math.min(checkedAtOnce, images.length),
    damaged: 'mark',
    failureBudget: Number.POSITIVE_INFINITY,
    ...(threads !== undefined && { threads }),
  };
  const loader = new Loader(loading, 'check');
  try {
    let done = 0;
    for await (const batch of loader.epoch(0)) {
      done += batch.indices.length;
      batch.release();
      onProgress?.(done, images.length);
    }
    return loader.failures;
  } finally {
    loader.close();
  }
}
