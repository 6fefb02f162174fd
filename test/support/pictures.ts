/** Pictures and loaders for the pipeline's tests. */
import path from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import {
  type Augmentation,
  type Batch,
  createLoader,
  evaluationAugmentation,
  type Loader,
  type LoaderOptions,
  type Preprocessing,
} from '../../src/pipeline/index.js';

/** Unchanged pixels: 0…255, RGB. */
export function plainPixels(resize: number, crop: number): Preprocessing {
  return { resize, crop, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' };
}

/** Raw RGB of a picture with a gradient, a grid and a corner mark; each `variant` is different. */
export function drawPicture(width: number, height: number, variant = 0): Buffer {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = x < width / 4 && y < height / 4;
      rgb[(y * width + x) * 3] = corner ? 240 : (x * 200) / width;
      rgb[(y * width + x) * 3 + 1] = (y * 200) / height;
      rgb[(y * width + x) * 3 + 2] = (variant * 53 + 60 * (((x >> 3) + (y >> 3)) % 3)) % 256;
    }
  }
  return rgb;
}

/** The picture as a sharp pipeline, to be encoded in any format. */
export function sharpPicture(width: number, height: number, variant = 0) {
  return sharp(drawPicture(width, height, variant), { raw: { width, height, channels: 3 } });
}

/** Writes `count` JPEGs of `width` × `height`; their absolute paths, labelled by their number. */
export async function writePictures(
  folder: string,
  { count, width, height }: { count: number; width: number; height: number },
): Promise<{ path: string; label: number }[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, label) => {
      const file = path.join(folder, `${label}.jpg`);
      await sharpPicture(width, height, label).jpeg({ quality: 85 }).toFile(file);
      return { path: file, label };
    }),
  );
}

/** A loader of the centre crop, unless `options` says otherwise, closed after the test. */
export function loaderFor(t: TestContext, options: LoaderOptions): Loader {
  const loader = createLoader({ augmentation: evaluationAugmentation, threads: 2, ...options });
  t.after(() => loader.close());
  return loader;
}

/** One image's centre crop as the loader renders it. */
export async function render(
  t: TestContext,
  file: string,
  preprocessing: Preprocessing,
): Promise<Float32Array> {
  const samples = [{ path: file, label: 0 }];
  const loader = loaderFor(t, { samples, preprocessing, batchSize: 1, damaged: 'fail' });
  for await (const batch of loader.epoch(0)) {
    return takePixels(batch);
  }
  throw new Error('the loader gave no batch');
}

/** A copy of the pixels; the batch is released. */
export function takePixels(batch: Batch): Float32Array {
  const pixels = batch.pixels();
  batch.release();
  return pixels;
}

/** Largest and mean absolute difference. */
export function difference(actual: ArrayLike<number>, wanted: ArrayLike<number>) {
  if (actual.length !== wanted.length) {
    throw new Error(`${actual.length} values against ${wanted.length}`);
  }
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < wanted.length; i++) {
    const distance = Math.abs((actual[i] as number) - (wanted[i] as number));
    largest = Math.max(largest, distance);
    sum += distance;
  }
  return { largest, mean: sum / wanted.length };
}

/** A random window, and every change of colours. */
export const everything: Partial<Augmentation> = {
  crop: 'random-resized',
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.4,
  hue: 0.1,
  noise: 5,
};
