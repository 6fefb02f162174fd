/** `extractFeatures`: the features of images by a frozen network, computed once and kept in a cache. */
import path from 'node:path';
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
} from '../arguments.js';
import { imageName } from '../dataset/index.js';
import { sha256 } from '../disk/index.js';
import { conflict, expected } from '../errors.js';
import { nonFiniteIndex } from '../finite.js';
import { aClassifier, type Classifier, checkFiniteWeights, checkHead } from '../model/index.js';
import { type GivenValues, pickOptions, resolveOptions } from '../options.js';
import {
  type Augmentation,
  type AugmentationOptions,
  augmentationOptions,
  completePreprocessing,
  evaluationAugmentation,
  viewsOf,
} from '../pipeline/index.js';
import { featuresFolder, RowCache } from './cache.js';
import { type ImageFiles, type ImageProgress, startClock } from './files.js';
import { type FeatureOptions, featureOptions } from './options.js';
import { type PlannedRow, plannedRows, reasonOfBefore } from './plan.js';
import { streamPiece, type UnreadableFile } from './stream.js';
import { digestOfTrunk, type Trunk, trunkOf } from './trunk.js';

/** A request to {@link extractFeatures}. */
export interface FeaturesRequest extends GivenValues<typeof featureOptions> {
  /** The part of it before the heads computes the features. */
  classifier: Classifier;
  /** Paths, with a byte range for an image inside a shard. */
  files: ImageFiles;
  /** Random changes of the views, without mixing. By default none: the view is the centre crop. */
  augmentation?: AugmentationOptions | undefined;
  /**
   * Whether features that were computed before are read, and new ones kept; or the folder where, by default `features` in
   * Bobbin's cache. Default true.
   */
  cache?: boolean | string | undefined;
  /** Called after each batch, with the views that were not in the cache. */
  onProgress?: ((progress: ImageProgress) => void) | undefined;
  /** Aborting ends the work after the present batch; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const shape = {
  ...featureOptions,
  classifier: aClassifier,
  files: list('a list of paths'),
  augmentation: optional(record('options of the augmentation')),
  cache: optional({
    what: 'true, false or the path of a folder',
    accepts: (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
  }),
  onProgress: callback,
  signal,
} satisfies ShapeOf<FeaturesRequest>;

/** Features in file order. */
export interface Features {
  /** [files · views, columns]; the views of a file follow each other. The rows of an unreadable file are zero. */
  rows: Float32Array;
  /** Numbers in a row. */
  columns: number;
  views: number;
  failures: UnreadableFile[];
}

/**
 * What enters the heads of a classifier, for each view of each file. The same request gives the same rows, whether they come from
 * the cache or not.
 *
 * A row is kept by the content of its image, the weights and layers of the network before its heads, and the preprocessing: so of
 * a data set that has grown only new images are computed. With random changes it is also kept by the seed and the images beside
 * it, in chunks of 4096 images.
 *
 * @throws InvalidInputError when an argument is unknown, missing, of another kind or out of its range, when options exclude each
 *   other, and when a weight or a feature is not finite
 */
export async function extractFeatures(request: FeaturesRequest): Promise<Features> {
  checkArguments('extractFeatures', request, shape);
  const { classifier, files, cache = true } = request;
  const values = resolveOptions(featureOptions, pickOptions(featureOptions, request));
  const augmentation = augmentationOf(request.augmentation, values);
  checkHead(classifier);
  await checkFiniteWeights(classifier.model, unsound);
  const trunk = trunkOf(classifier);
  const work: Work = { ...request, ...values, augmentation, trunk, store: undefined };
  if (cache !== false) {
    const folder = path.join(cache === true ? featuresFolder : cache, keyOf(work));
    work.store = new RowCache(folder, trunk.features);
  }
  const { views } = values;
  const rows = new Float32Array(files.length * views * trunk.features);
  const failures = await fill(rows, work);
  return { rows, columns: trunk.features, views, failures };
}

const unsound = 'The weights of the network are not sound: use another';

interface Work extends FeatureOptions, Pick<FeaturesRequest, 'onProgress' | 'signal'> {
  classifier: Classifier;
  files: ImageFiles;
  augmentation: Augmentation;
  trunk: Trunk;
  store: RowCache | undefined;
}

/** The augmentation, checked. */
function augmentationOf(
  given: AugmentationOptions | undefined,
  { views }: FeatureOptions,
): Augmentation {
  if (given === undefined) {
    if (views > 1) {
      throw conflict(`views ${views}`, 'no augmentation', 'All would be the same: give one');
    }
    return evaluationAugmentation;
  }
  const augmentation = resolveOptions(augmentationOptions, given, 'augmentation');
  if (viewsOf(augmentation) > 1) {
    throw expected('center, random or random-resized', 'crop', augmentation.crop);
  }
  for (const name of ['mixup', 'cutmix'] as const) {
    if (augmentation[name] > 0) {
      throw expected('0, since features are of one image,', name, augmentation[name]);
    }
  }
  return augmentation;
}

/** The version of what a row is: a change of the pixels or of this folder's files needs another. */
const version = 1;

/** Tells the network, the preprocessing and the augmentation, in 64 hex digits. */
function keyOf({ trunk, classifier, augmentation, seed }: Work): string {
  const network = digestOfTrunk(trunk);
  const preprocessing = completePreprocessing(classifier.preprocessing);
  const random = isRandom(augmentation) && { augmentation, seed };
  return sha256(JSON.stringify({ version, network, preprocessing, random }));
}

const isRandom = (augmentation: Augmentation): boolean => augmentation !== evaluationAugmentation;

/** Fills `rows`, from the cache and by computing the others. */
async function fill(rows: Float32Array, work: Work): Promise<UnreadableFile[]> {
  const { trunk, store, augmentation, onProgress, signal } = work;
  const { features: columns } = trunk;
  const plan = await plannedRows({ ...work, isRandom: isRandom(augmentation) });
  await store?.read(
    (key) => plan.has(key),
    (key, row) => {
      for (const place of plan.found(key)) {
        rows.set(row, place * columns);
      }
    },
  );
  const failures = new Map<number, UnreadableFile>();
  for (const { index, image } of plan.unreadable()) {
    failures.set(index, { index, ...image, reason: reasonOfBefore });
  }
  const left = plan.left();
  const clock = startClock(left.reduce((sum, { length }) => sum + length, 0));
  for (const chunk of left) {
    for await (const batch of stream(chunk, work)) {
      for (const { index: place, ...failure } of batch.failures) {
        const { index } = chunk[place] as PlannedRow;
        failures.set(index, { ...failure, index });
        (chunk[place] as PlannedRow).key = '';
      }
      chunk.slice(batch.start, batch.start + batch.count).forEach(({ place }, row) => {
        rows.set(batch.rows.subarray(row * columns, (row + 1) * columns), place * columns);
      });
      onProgress?.(clock(batch.count, batch.waitMs));
      signal?.throwIfAborted();
    }
    await keep(chunk, rows, work);
  }
  return [...failures.values()].sort((a, b) => a.index - b.index);
}

/** The features of a chunk, whose rows are all of one view. */
async function* stream(chunk: readonly PlannedRow[], work: Work) {
  const { classifier, trunk, augmentation, seed, batchSize, threads } = work;
  const images = chunk.map(({ image }) => image);
  const batches = streamPiece(
    { images, first: 0 },
    {
      preprocessings: [classifier.preprocessing],
      ...{ augmentation, seed, batchSize, threads },
      epoch: chunk[0]?.view ?? 0,
      columns: trunk.features,
      async forward([views]) {
        const result = await trunk.forward.async(views as NonNullable<typeof views>);
        try {
          return (await result.data()) as Float32Array;
        } finally {
          result.dispose();
        }
      },
    },
  );
  for await (const batch of batches) {
    const bad = nonFiniteIndex(batch.rows);
    if (bad >= 0) {
      const image = images[batch.start + Math.floor(bad / trunk.features)];
      const name = image === undefined ? 'an image' : imageName(image);
      throw expected('finite features', name, batch.rows[bad], unsound);
    }
    yield batch;
  }
}

/** Writes the rows of a chunk that could be computed to the cache. */
async function keep(chunk: readonly PlannedRow[], rows: Float32Array, { store, trunk }: Work) {
  const { features: columns } = trunk;
  const kept = chunk.filter(({ key }) => key !== '');
  if (store !== undefined && kept.length > 0) {
    const values = new Float32Array(kept.length * columns);
    kept.forEach(({ place }, row) => {
      values.set(rows.subarray(place * columns, (place + 1) * columns), row * columns);
    });
    const keys = kept.map(({ key }) => key);
    await store.write(keys, values).catch((error: Error) => {
      // Another user's cache, or a full disk: the features are there all the same.
      process.emitWarning(`Features are not kept: ${error.message}`, { code: 'BOBBIN_FEATURES' });
    });
  }
}
