/** Grad-CAM: which places of an image speak for a class. */
import type { ImageFile } from '../../dataset/index.js';
import { streamPiece } from '../../features/index.js';
import { type Classifier, partOf } from '../../model/index.js';
import { evaluationAugmentation, loaderOptions } from '../../pipeline/index.js';
import { tf } from '../../tensorflow/index.js';
import { type CutNetwork, cutNetwork } from './feature-map.js';

export interface GradCamRequest {
  classifier: Classifier;
  /** Of a classifier of several heads: which one. */
  task?: string | undefined;
  images: readonly ImageFile[];
  /** For each image the number of the class to look for. */
  classes: readonly number[];
}

/** What a network saw of an image, and where it looked. */
export interface SeenImage {
  /** [crop, crop, 3], normalised as the classifier's preprocessing says: the centre of the image. */
  pixels: Float32Array;
  /** [height, width], at least 0: what each place adds to the score of the class. All 0 if none speaks for it. */
  map: Float32Array;
  height: number;
  width: number;
}

/** Images at once: gradients keep what the head computes, and these are few. */
const batchSize = 8;

/**
 * Where the network looks (Selvaraju et al. 2017, "Grad-CAM", https://arxiv.org/abs/1610.02391, equations 1 and 2): with the last map
 * A, [height, width, channels], and the unnormalised score y of the class, α of a channel is the mean of ∂y/∂A over its places, and
 * the map is max(0, Σ α A) over the channels. For a network whose head is a mean over places and a dense layer this is CAM (Zhou et
 * al. 2016, https://arxiv.org/abs/1512.04150) divided by the number of places.
 *
 * @returns an entry for each image, undefined for one that cannot be read; undefined for a network without a map (see
 *   {@link cutNetwork})
 */
export async function gradCam(
  request: GradCamRequest,
): Promise<(SeenImage | undefined)[] | undefined> {
  const { images, classes } = request;
  const classifier = partOf(request.classifier, request.task);
  const network = cutNetwork(classifier);
  if (network === undefined || images.length === 0) {
    return network && [];
  }
  const { preprocessing } = classifier;
  const pixels = preprocessing.crop ** 2 * 3;
  const [height, width] = mapSides(network, preprocessing.crop);
  let done = 0;
  const batches = streamPiece(
    { images, first: 0 },
    {
      preprocessings: [preprocessing],
      augmentation: evaluationAugmentation,
      ...{ batchSize, threads: loaderOptions.threads.default, columns: pixels + height * width },
      forward: async ([windows], count) => {
        const own = Array.from({ length: count }, (_, row) => classes[done + row] ?? 0);
        done += count;
        return await seen(network, windows as tf.Tensor, own);
      },
    },
  );
  const result: (SeenImage | undefined)[] = [];
  for await (const { rows, count, start, failures } of batches) {
    const unread = new Set(failures.map(({ index }) => index));
    for (let row = 0; row < count; row++) {
      const own = rows.slice((row * rows.length) / count, ((row + 1) * rows.length) / count);
      const image = { pixels: own.subarray(0, pixels), map: own.subarray(pixels), height, width };
      result.push(unread.has(start + row) ? undefined : image);
    }
  }
  return result;
}

/** Pixels and map of each window, one after the other. */
async function seen(network: CutNetwork, windows: tf.Tensor, classes: number[]) {
  const rows = tf.tidy(() => {
    const [count] = windows.shape as [number];
    const maps = classMaps(network, windows, classes);
    return tf.concat([windows.reshape([count, -1]), maps.reshape([count, -1])], 1);
  });
  const values = (await rows.data()) as Float32Array;
  rows.dispose();
  return values;
}

/**
 * The maps of windows, [images, height, width], for a class each.
 *
 * @param windows [images, side, side, 3]
 */
export function classMaps(
  network: CutNetwork,
  windows: tf.Tensor,
  classes: readonly number[],
): tf.Tensor3D {
  return tf.tidy(() => {
    const maps = network.mapsOf(windows);
    // The rows of a batch do not depend on each other, so the gradient of the sum has that of each.
    const score = (value: tf.Tensor) => {
      const logits = network.logitsOf(value);
      const chosen = tf.oneHot(tf.tensor1d([...classes], 'int32'), logits.shape[1]);
      return logits.mul(chosen).sum();
    };
    const weights = tf.grad(score)(maps).mean([1, 2], true);
    return maps.mul(weights).sum(3).relu() as tf.Tensor3D;
  });
}

function mapSides(network: CutNetwork, crop: number): [height: number, width: number] {
  return tf.tidy(() => {
    const [, height, width] = network.mapsOf(tf.zeros([1, crop, crop, 3])).shape;
    return [height, width];
  });
}
