/** Renders images as each epoch of a training sees them, for pictures. */
import type { ImageFile } from '../../dataset/index.js';
import {
  createLoader,
  type LoaderFailure,
  type LoaderOptions,
  viewsOf,
} from '../../pipeline/index.js';

/** Rendered views; those of one image follow each other, epoch by epoch. */
export interface EpochViews {
  /** [images, variants, crop, crop, 3], normalised. */
  pixels: Float32Array;
  /** Views of each image: the number of epochs times the views of one epoch. */
  variants: number;
  /** Images that could not be read; their pixels are 0. */
  failures: LoaderFailure[];
}

/** Renders the epochs 0 … `epochs` − 1 of a loader with these options. */
export async function renderEpochs(
  images: readonly ImageFile[],
  epochs: number,
  options: Pick<LoaderOptions, 'preprocessing' | 'augmentation' | 'seed'>,
): Promise<EpochViews> {
  const rows = images.length;
  const samples = images.map((image) => ({ ...image, label: 0 }));
  const loader = createLoader({ ...options, samples, batchSize: rows, damaged: 'mark' });
  const views = viewsOf(loader.augmentation);
  const values = views * options.preprocessing.crop ** 2 * 3;
  const pixels = new Float32Array(rows * epochs * values);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      for await (const batch of loader.epoch(epoch)) {
        const shown = batch.pixels();
        batch.release();
        for (let row = 0; row < rows; row++) {
          const image = shown.subarray(row * values, (row + 1) * values);
          pixels.set(image, (row * epochs + epoch) * values);
        }
      }
    }
    return { pixels, variants: epochs * views, failures: loader.failures };
  } finally {
    loader.close();
  }
}
