/** The streaming core of prediction and features: decodes images once and yields the rows of a forward pass batch by batch. */
import { type ImageFile, imageName } from '../dataset/index.js';
import { overlapped } from '../overlap.js';
import {
  type Augmentation,
  type Batch,
  createLoader,
  type Loader,
  type Preprocessing,
  type Variant,
  viewsOf,
} from '../pipeline/index.js';
import { adoptBatch, tf } from '../tensorflow/index.js';

/** A file that could not be read. */
export interface UnreadableFile extends ImageFile {
  /** Index into the files of the request. */
  index: number;
  reason: string;
}

/** Images that follow each other in a request. */
export interface Piece {
  images: readonly ImageFile[];
  /** Index of the first image among those of the request. */
  first: number;
  /** Images of a forward pass, for a piece of one batch; by default as {@link batchImages} says. */
  size?: number;
}

/** The rows of some images that follow each other in the request. */
export interface StreamedBatch {
  /** Index of the first image. */
  start: number;
  /** Number of images. */
  count: number;
  /** [count, columns]; zeros in the row of an image that could not be read. */
  rows: Float32Array;
  failures: UnreadableFile[];
  /** Time that was spent waiting for the images, in milliseconds. */
  waitMs: number;
}

export interface StreamOptions {
  /** What is made of each image: windows for each of these. */
  preprocessings: readonly Preprocessing[];
  augmentation: Augmentation;
  /** How each window of the augmentation is shown; default once, as it is. */
  variants?: readonly Variant[];
  /** Of the augmentation's random numbers; default 0. */
  seed?: number;
  /** The epoch of the augmentation's random numbers; default 0. */
  epoch?: number;
  /** Windows in a batch; a batch has the windows of one image or more. */
  batchSize: number;
  threads: number;
  /** Numbers in the row of an image. */
  columns: number;
  /**
   * [images, columns] of windows, for each preprocessing [images · views, side, side, 3], where the views of an image follow each
   * other. The windows are freed afterwards.
   */
  forward(windows: readonly tf.Tensor[], images: number): Promise<Float32Array>;
}

/** A batch of images, once for each preprocessing. */
interface Windows {
  batches: Batch[];
  /** [images · views, side, side, 3]; zeros follow the images of a batch that is not full. */
  pixels: tf.Tensor[];
}

/**
 * Streams the images through `forward`. Each is decoded once for each preprocessing; one that cannot be read is a failure.
 * TensorFlow computes on another thread, while the pipeline's threads prepare the next batches.
 */
export async function* streamPiece(
  piece: Piece,
  options: StreamOptions,
): AsyncGenerator<StreamedBatch> {
  const { images, first } = piece;
  const { columns, epoch = 0 } = options;
  const loaders: Loader[] = [];
  try {
    for (const preprocessing of options.preprocessings) {
      loaders.push(loaderOf(images, preprocessing, options));
    }
    const reasonOf = reasonsOf(loaders);
    const size = batchImages(piece, options);
    const steps = overlapped(together(loaders, epoch), {
      prepare: (batches) => ({ batches, pixels: batches.map((batch) => adopted(batch, size)) }),
      step: (windows) => stepOf(windows, size, options),
      discard: ({ pixels }) => tf.dispose(pixels),
    });
    let at = 0;
    for await (const { input, result, waitMs } of steps) {
      const { batches } = input;
      const { count } = batches[0] as Batch;
      const rows = result.subarray(0, count * columns);
      const failures: UnreadableFile[] = [];
      for (let row = 0; row < count; row++) {
        if (batches.some(({ indices }) => (indices[row] as number) < 0)) {
          const image = images[at + row] as ImageFile;
          rows.fill(0, row * columns, (row + 1) * columns);
          failures.push({ index: first + at + row, ...image, reason: reasonOf(image) });
        }
      }
      yield { start: first + at, count, rows, failures, waitMs };
      at += count;
    }
  } finally {
    for (const loader of loaders) {
      loader.close();
    }
  }
}

/** Images in a full batch. */
export const fullBatch = ({ batchSize, augmentation, variants }: StreamOptions): number =>
  Math.max(1, Math.floor(batchSize / (viewsOf(augmentation) * (variants?.length ?? 1))));

/**
 * The number of images for which the forward pass is traced. A batch with fewer is filled with zeros, since another trace
 * would take longer. A request of fewer images than a batch gets the next power of two: so all requests need few traces.
 */
export function batchImages({ images, first, size }: Piece, options: StreamOptions): number {
  const full = fullBatch(options);
  const usual = first > 0 ? full : Math.min(full, 2 ** Math.ceil(Math.log2(images.length)));
  return size ?? usual;
}

function loaderOf(
  images: readonly ImageFile[],
  preprocessing: Preprocessing,
  options: StreamOptions,
): Loader {
  const { augmentation, variants, seed } = options;
  return createLoader({
    samples: images.map((image) => ({ ...image, label: -1 })),
    batchSize: fullBatch(options),
    threads: Math.min(options.threads, images.length),
    damaged: 'mark',
    failureBudget: images.length,
    preprocessing,
    augmentation,
    variants,
    seed,
  });
}

/** The batches of all loaders: as many as one of them has, since all have the same images. */
async function* together(loaders: readonly Loader[], epoch: number): AsyncGenerator<Batch[], void> {
  const epochs = loaders.map((loader) => loader.epoch(epoch));
  for (;;) {
    const taken = await Promise.all(epochs.map((batches) => batches.next()));
    if (taken.some(({ done }) => done)) {
      return;
    }
    yield taken.map(({ value }) => value as Batch);
  }
}

/** The batch's pixels for a forward pass of `size` images. */
function adopted(batch: Batch, size: number): tf.Tensor {
  const { count, shape } = batch;
  const pixels = adoptBatch(batch);
  if (count === size) {
    return pixels;
  }
  try {
    const absent = (size - count) * (shape[0] / count);
    return tf.pad(pixels, [[0, absent], ...Array(3).fill([0, 0])] as [number, number][]);
  } finally {
    pixels.dispose();
  }
}

/** A forward pass, which frees the windows. */
async function stepOf(
  { pixels }: Windows,
  size: number,
  { forward }: StreamOptions,
): Promise<Float32Array> {
  try {
    return await forward(pixels, size);
  } finally {
    tf.dispose(pixels);
  }
}

/** Gives the reason why an image could not be read. The loaders list all, so they are asked only for a new one. */
function reasonsOf(loaders: readonly Loader[]): (image: ImageFile) => string {
  let reasons = new Map<string, string>();
  return (image) => {
    const name = imageName(image);
    if (!reasons.has(name)) {
      const failures = loaders.flatMap((loader) => loader.failures);
      reasons = new Map(failures.map((failure) => [imageName(failure), failure.reason]));
    }
    return reasons.get(name) ?? 'it gave no pixels';
  };
}
