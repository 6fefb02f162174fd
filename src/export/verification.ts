/** Compares an export with Bobbin: both compute the probabilities of the same images. */
import { InvalidInputError } from '../errors.js';
import { type BuiltClassifier, forwardOf } from '../model/index.js';
import type { Preprocessing } from '../pipeline/index.js';
import { Random } from '../random.js';
import { tf } from '../tensorflow/index.js';
import type { Computed, Images } from './format.js';

/** How an export was compared with Bobbin. */
export interface Verification {
  /** The program that computed with the exported files. */
  by: string;
  /** Images that were compared. */
  images: number;
  /** The largest difference of a probability, 0…1. */
  difference: number;
  /** The largest one that is accepted. */
  bound: number;
}

const count = 8;

/**
 * Images for a comparison: in each channel a few waves and some noise, the same ones for the same preprocessing. Photos would not be
 * stricter, since any error of a weight or a layer changes the answers to these, too.
 */
export function verificationImages({ crop, mean, std, channels }: Preprocessing): Images {
  const random = new Random('export');
  const values = new Float32Array(count * crop * crop * 3);
  const levels = new Float32Array(values.length);
  for (let plane = 0; plane < count * 3; plane++) {
    const channel = plane % 3;
    const colour = channels === 'bgr' ? 2 - channel : channel;
    const level = wavesOf(random, crop);
    const start = Math.floor(plane / 3) * crop * crop * 3;
    for (let pixel = 0; pixel < crop * crop; pixel++) {
      const bright = level(pixel % crop, Math.floor(pixel / crop)) + random.between(-20, 20);
      const clamped = Math.min(255, Math.max(0, bright));
      const place = start + pixel * 3;
      levels[place + colour] = clamped;
      values[place + channel] = (clamped - (mean[channel] as number)) / (std[channel] as number);
    }
  }
  return { shape: [count, crop, crop, 3], values, levels };
}

/** Levels of about 0…255 at each pixel of a picture. */
function wavesOf(random: Random, side: number): (x: number, y: number) => number {
  const base = random.between(40, 215);
  const waves = Array.from({ length: 4 }, () => ({
    height: random.between(10, 60),
    across: random.between(-8, 8) / side,
    down: random.between(-8, 8) / side,
    phase: random.between(0, 1),
  }));
  return (x, y) =>
    waves.reduce(
      (sum, { height, across, down, phase }) =>
        sum + height * Math.cos(2 * Math.PI * (across * x + down * y + phase)),
      base,
    );
}

/** Bobbin's own probabilities of images, [images, classes], as `predict` computes them. */
export async function answersOf(
  classifier: BuiltClassifier,
  { shape, values }: Images,
): Promise<Float32Array> {
  const rows = tf.tidy(() => forwardOf(classifier)(tf.tensor4d(values, shape), 1));
  try {
    return (await rows.data()) as Float32Array;
  } finally {
    rows.dispose();
  }
}

/** @throws InvalidInputError when a probability differs from Bobbin's by more than `bound`, or there are more or fewer of them */
export function compared(
  { probabilities, by }: Computed,
  own: Float32Array,
  { bound, format }: { bound: number; format: string },
): Verification {
  const difference = own.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (probabilities[index] ?? Number.NaN))),
    0,
  );
  // NaN passes no comparison.
  if (!(difference <= bound) || probabilities.length !== own.length) {
    throw new InvalidInputError(
      `Expected probabilities within ${bound} of Bobbin's for the ${format} export but received ${difference} from ${by}. Nothing was written`,
    );
  }
  return { by, images: count, difference, bound };
}
