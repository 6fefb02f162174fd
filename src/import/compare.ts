/** Compares an imported network with what another framework computed with it. */
import { expected } from '../errors.js';
import type { Preprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import { computing } from './computing.js';
import type { Reference } from './format.js';
import type { Imported } from './import-network.js';
import { readNpy } from './npy.js';
import { present } from './present.js';
import { checkSide } from './sides.js';

/** Images that are computed at once. */
const batchSize = 8;

/**
 * Images and outputs of two files of NumPy. Images of uint8 are photos in RGB; those of float32 are as the network takes them.
 * Their channels may be first or last.
 *
 * @throws InvalidInputError when a file is missing or no such array
 */
export async function readReference(imagesFile: string, outputsFile: string): Promise<Reference> {
  await present(imagesFile, 'the images');
  await present(outputsFile, 'the outputs');
  const [images, outputs] = [await readNpy(imagesFile), await readNpy(outputsFile)];
  if (images.shape.length !== 4 || channelsAxis(images.shape) === undefined) {
    const what = 'images [n, 3, height, width] or [n, height, width, 3]';
    throw expected(what, imagesFile, images.shape);
  }
  const { shape, values } = outputs;
  if (!(values instanceof Float32Array) || shape[0] !== images.shape[0] || values.length === 0) {
    throw expected(`float32 outputs of ${images.shape[0]} images`, outputsFile, shape);
  }
  return { images, outputs: { shape, values } };
}

/** The axis of the channels; undefined if no axis has three. */
const channelsAxis = (shape: readonly number[]): number | undefined =>
  [1, 3].find((axis) => shape[axis] === 3);

/**
 * The largest difference between the network's outputs and those of `reference`, as a share of the latter's largest value.
 *
 * @param name of the reference, for errors
 * @throws InvalidInputError when the reference has images or outputs of other sizes than the network
 */
export async function largestDifference(
  imported: Imported,
  { images, outputs }: Reference,
  name: string,
): Promise<number> {
  const channels = channelsAxis(images.shape);
  for (const side of images.shape.filter((_, axis) => axis > 0 && axis !== channels)) {
    checkSide(side, imported.record.sides, `the side of the images of ${name}`);
  }
  const computed = await outputsOf(imported, images);
  const { values } = outputs;
  if (computed.length !== values.length) {
    const classes = computed.length / (images.shape[0] as number);
    throw expected(`${classes} outputs for each image`, name, outputs.shape);
  }
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = values.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (computed[index] as number))),
    0,
  );
  // A network that gives NaN differs from everything.
  return computed.some(Number.isNaN) ? Number.POSITIVE_INFINITY : difference / (largest || 1);
}

async function outputsOf(
  { record, weights }: Imported,
  { shape, values }: Reference['images'],
): Promise<Float32Array> {
  const network = await computing(record, weights, shape[2] as number);
  const size = values.length / (shape[0] as number);
  const results: Float32Array[] = [];
  try {
    for (let at = 0; at < values.length; at += batchSize * size) {
      const batch = values.subarray(at, at + batchSize * size);
      const sides = [batch.length / size, ...shape.slice(1)];
      const result = tf.tidy(() => network.compute(imagesOf(batch, sides, record.preprocessing)));
      results.push((await result.data()) as Float32Array);
      result.dispose();
    }
  } finally {
    network.dispose();
  }
  return Float32Array.from(results.flatMap((each) => [...each]));
}

/** Images as networks take them here, [n, height, width, 3]. */
function imagesOf(
  values: Float32Array | Uint8Array,
  shape: number[],
  { mean, std, channels }: Preprocessing,
): tf.Tensor {
  const given = tf.tensor(values, shape, 'float32');
  const images = channelsAxis(shape) === 1 ? given.transpose([0, 2, 3, 1]) : given;
  if (values instanceof Float32Array) {
    return images;
  }
  const ordered = channels === 'rgb' ? images : images.reverse(3);
  return ordered.sub(mean).div(std);
}
