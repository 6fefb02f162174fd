/** Measures the mean and the standard deviation of a run's training images. */
import { drawSamples, type Manifest, resolveSamples } from '../dataset/index.js';
import { expected, missing } from '../errors.js';
import { createLoader, evaluationAugmentation, type Preprocessing } from '../pipeline/index.js';
import { count } from '../plural.js';
import type { Plan } from './plan.js';

/** Of so many images, drawn by the seed, the standard error of a mean is about one level. */
const mostImages = 2000;

export interface OwnNormalization {
  preprocessing: Preprocessing;
  /** What was measured, and what it replaces. */
  note: string;
}

/**
 * `preprocessing` with the mean and the deviation of the plan's training images: of the pixels that a network sees in prediction,
 * each image counting the same.
 *
 * @throws InvalidInputError when no image can be read, and when all have the same pixels in a channel
 */
export async function ownNormalization(
  { values, training }: Plan,
  manifest: Manifest,
  preprocessing: Preprocessing,
): Promise<OwnNormalization> {
  const { threads, memoryMB, seed, batchSize, failureBudget } = values;
  const samples = drawSamples(training, mostImages, seed);
  const { fit } = preprocessing;
  using loader = createLoader({
    samples: resolveSamples(manifest, samples),
    preprocessing: {
      ...preprocessing,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      // A border is of the mean colour, so it must not count.
      fit: fit === 'pad' ? 'squash' : fit,
    },
    augmentation: evaluationAugmentation,
    ...{ batchSize, threads, memoryMB, seed, failureBudget, damaged: 'mark' },
  });
  const moments = new Moments();
  for await (const batch of loader.epoch(0)) {
    const pixels = batch.pixels();
    batch.release();
    const size = preprocessing.crop ** 2 * channels;
    batch.indices.forEach((index, row) => {
      if (index >= 0) {
        moments.add(pixels.subarray(row * size, (row + 1) * size));
      }
    });
  }
  const { images, mean, std } = moments;
  if (images === 0) {
    throw missing('images that can be read', 'normalization own', 'Check them by prepare --check');
  }
  if (std.some((deviation) => deviation === 0)) {
    throw expected('images that differ', 'normalization own', mean, 'Use normalization network');
  }
  const own = (numbers: readonly number[]) => numbers.map((number) => number.toFixed(2)).join(', ');
  const note = `The mean ${own(mean)} and the standard deviation ${own(std)} are those of ${count(images, 'training image')}, in the place of the network's ${own(preprocessing.mean)} and ${own(preprocessing.std)}`;
  return { preprocessing: { ...preprocessing, mean, std }, note };
}

const channels = 3;

type Triple = Preprocessing['mean'];

/** Mean and squared deviations of each channel: of an image in two passes, then joined to those before it. */
class Moments {
  images = 0;
  readonly mean: Triple = [0, 0, 0];
  private pixels = 0;
  private readonly squares: Triple = [0, 0, 0];

  /** Of all pixels. */
  get std(): Triple {
    return this.squares.map((sum) => Math.sqrt(sum / this.pixels)) as Triple;
  }

  /** @param pixels one image, its channels last */
  add(pixels: Float32Array): void {
    const own = pixels.length / channels;
    const all = this.pixels + own;
    for (let channel = 0; channel < channels; channel++) {
      const [mean, squares] = momentsOf(pixels, channel);
      // Chan, Golub & LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115.
      const distance = mean - (this.mean[channel] as number);
      this.mean[channel] = (this.mean[channel] as number) + (distance * own) / all;
      this.squares[channel] =
        (this.squares[channel] as number) + squares + (distance ** 2 * this.pixels * own) / all;
    }
    this.pixels = all;
    this.images++;
  }
}

/** The mean of a channel, and the sum of the squared deviations from it. */
function momentsOf(pixels: Float32Array, channel: number): [mean: number, squares: number] {
  let sum = 0;
  for (let at = channel; at < pixels.length; at += channels) {
    sum += pixels[at] as number;
  }
  const mean = (sum * channels) / pixels.length;
  let squares = 0;
  for (let at = channel; at < pixels.length; at += channels) {
    squares += ((pixels[at] as number) - mean) ** 2;
  }
  return [mean, squares];
}
