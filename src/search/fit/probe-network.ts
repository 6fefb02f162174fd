/** A linear probe of a network: how well classes are told apart by its features, without training it. */
import { drawSamples, resolveSamples, type Samples, samplesOf } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { extractFeatures, type LinearProbe, linearProbe } from '../../features/index.js';
import { type BuiltClassifier, createModel } from '../../model/index.js';
import { count } from '../../plural.js';
import type { Fitting, Photos } from './fitting.js';
import { shareImages } from './plan.js';
import { type Score, scoreOf } from './wilson.js';

export interface NetworkProbe {
  probe: LinearProbe;
  /** On images that the probe was not trained on. */
  score: Score;
  /** Images of both parts. */
  images: number;
  /** While features were computed; undefined if all were in the cache. */
  imagesPerSecond: number | undefined;
}

/** Images of both parts. */
export const allImages = ({ choosing }: Photos): number => choosing.samples.length;

/** A new classifier of the task with the network's weights, and a random head. */
export const startOf = (
  network: string,
  { task }: Photos,
  seed: number,
): Promise<BuiltClassifier> =>
  createModel({
    network,
    heads: [{ task: task.name, classes: task.classes }],
    trainable: 'head',
    seed,
  });

/**
 * Probes with `images` images, or all if there are fewer, of which the seed draws those of each part. More images have the fewer ones
 * among them, so the cache has the features of these.
 *
 * @throws InvalidInputError when no image of a part can be read
 */
export async function probeNetwork(
  fitting: Fitting,
  photos: Photos,
  classifier: BuiltClassifier,
  images: number,
): Promise<NetworkProbe> {
  const { task, choosing } = photos;
  const all = {
    training: samplesOf(choosing, task.name, 'train'),
    choosing: samplesOf(choosing, task.name, 'validation'),
  };
  const counts = shareImages(images, {
    training: all.training.length,
    choosing: all.choosing.length,
  });
  const training = drawSamples(all.training, counts.training, fitting.seed);
  const held = drawSamples(all.choosing, counts.choosing, fitting.seed);
  const work = { fitting, photos, classifier };
  const known = await rowsOf(work, training);
  const asked = await rowsOf(work, held);
  const classes = task.classes.length;
  const { rows, columns, labels } = known;
  const probe = await linearProbe({ rows, columns, labels, classes });
  const probabilities = await probe.probabilities(asked.rows);
  const right = asked.labels.filter((label, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own)) === label;
  }).length;
  return {
    probe,
    score: scoreOf(right, asked.labels.length),
    images: training.length + held.length,
    imagesPerSecond: known.imagesPerSecond ?? asked.imagesPerSecond,
  };
}

/** The features of the images that can be read, and their labels. */
async function rowsOf(
  {
    fitting,
    photos,
    classifier,
  }: { fitting: Fitting; photos: Photos; classifier: BuiltClassifier },
  samples: Samples,
) {
  let imagesPerSecond: number | undefined;
  const { rows, columns, failures } = await extractFeatures({
    classifier,
    files: resolveSamples(photos.choosing, samples),
    cache: fitting.at('features'),
    signal: fitting.request.signal,
    onProgress: ({ done, total, imagesPerSecond: pace }) => {
      imagesPerSecond = pace;
      const label = `features of ${classifier.network}`;
      fitting.progress({ label, done, total, imagesPerSecond });
    },
  });
  const [first] = failures;
  if (failures.length === samples.length && first !== undefined) {
    const name = `${count(samples.length, 'image')} that the seed drew, such as ${first.path}`;
    throw expected('some that can be read', name, first.reason);
  }
  const unread = new Set(failures.map(({ index }) => index));
  return {
    rows: rows.filter((_, place) => !unread.has(Math.floor(place / columns))),
    columns,
    labels: samples.map(({ label }) => label).filter((_, index) => !unread.has(index)),
    imagesPerSecond,
  };
}
