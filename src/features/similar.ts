/** `similarImages`: validation images and questions that are nearly the same as a training image. */
import path from 'node:path';
import { callback, checkArguments, optional, record, type ShapeOf, signal } from '../arguments.js';
import { csvLine } from '../csv-line.js';
import {
  fileStamp,
  type ImageFile,
  imageName,
  type Manifest,
  readCsv,
  resolveSample,
  type Sample,
} from '../dataset/index.js';
import { writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import { aClassifier, type Classifier } from '../model/index.js';
import { type GivenValues, type OptionTable, pickOptions, resolveOptions } from '../options.js';
import { loaderOptions } from '../pipeline/index.js';
import { extractFeatures, type FeaturesRequest } from './extract.js';
import { mostSimilar } from './neighbours.js';
import type { UnreadableFile } from './stream.js';

export const similarOptions = {
  threshold: {
    type: 'number',
    default: 0.9,
    min: 0,
    max: 1,
    help: 'cosine of the features from which two images count as nearly the same',
  },
  threads: loaderOptions.threads,
} as const satisfies OptionTable;

/** A request to {@link similarImages}. */
export interface SimilarRequest
  extends GivenValues<typeof similarOptions>,
    Pick<FeaturesRequest, 'cache' | 'onProgress' | 'signal'> {
  manifest: Manifest;
  /** The part of it before the heads computes the features. */
  classifier: Classifier;
}

const shape = {
  ...similarOptions,
  manifest: record('a manifest'),
  classifier: aClassifier,
  cache: optional({
    what: 'true, false or the path of a folder',
    accepts: (value) => typeof value === 'boolean' || typeof value === 'string',
  }),
  onProgress: callback,
  signal,
} satisfies ShapeOf<SimilarRequest>;

/** An image, and the training image that is most similar to it. */
export interface SimilarPair {
  image: ImageFile;
  split: 'validation' | 'question';
  training: ImageFile;
  /** Of their features, −1…1. */
  cosine: number;
}

/** Pairs of images that are nearly the same. */
export interface SimilarImages {
  /** By falling cosine. */
  pairs: SimilarPair[];
  /** Numbers of different images that were compared. */
  images: Record<'training' | SimilarPair['split'], number>;
  failures: UnreadableFile[];
}

/**
 * Compares each validation image and each question with all training images, of all tasks, by the cosine of their features. Images
 * with the same bytes as a training image are left out: `prepare` finds them.
 *
 * @throws InvalidInputError when an argument is unknown, missing, of another kind or out of its range
 */
export async function similarImages(request: SimilarRequest): Promise<SimilarImages> {
  checkArguments('similarImages', request, shape);
  const { manifest, classifier, cache, onProgress, signal } = request;
  const { threshold, threads } = resolveOptions(
    similarOptions,
    pickOptions(similarOptions, request),
  );
  const { training, held } = differentImages(manifest);
  const images = [...training, ...held.map(({ image }) => image)];
  const { rows, columns, failures } = await extractFeatures({
    ...{ classifier, files: images, cache, threads, onProgress, signal },
  });
  const end = training.length * columns;
  const [known, queries] = [rows.subarray(0, end), rows.subarray(end)];
  const { indices, cosines } =
    training.length === 0
      ? { indices: [], cosines: [] }
      : await mostSimilar({ rows: known, queries, columns, count: 1 });
  const pairs = held.flatMap((each, place) => {
    const cosine = cosines[place] ?? 0;
    const similar = training[indices[place] as number];
    return similar === undefined || cosine < threshold
      ? []
      : [{ ...each, training: similar, cosine }];
  });
  const countOf = (split: SimilarPair['split']) =>
    held.filter((each) => each.split === split).length;
  return {
    pairs: pairs.sort((a, b) => b.cosine - a.cosine),
    images: {
      training: training.length,
      validation: countOf('validation'),
      question: countOf('question'),
    },
    failures,
  };
}

type Held = Pick<SimilarPair, 'image' | 'split'>;

/** Each image once, by its content or, of a question, by its path. */
function differentImages(manifest: Manifest): { training: ImageFile[]; held: Held[] } {
  const training = new Map<string, ImageFile>();
  const validation = new Map<string, ImageFile>();
  for (const sample of manifest.samples) {
    const known = sample.split === 'train' ? training : validation;
    if (!known.has(sample.hash)) {
      known.set(sample.hash, imageOf(manifest, sample));
    }
  }
  const questions = new Set(
    manifest.questions.map(({ file }) => path.resolve(manifest.root, file)),
  );
  return {
    training: [...training.values()],
    held: [
      ...[...validation]
        .filter(([hash]) => !training.has(hash))
        .map(([, image]): Held => ({ image, split: 'validation' })),
      ...[...questions].map((file): Held => ({ image: { path: file }, split: 'question' })),
    ],
  };
}

function imageOf(manifest: Manifest, sample: Sample): ImageFile {
  const { path: file, range } = resolveSample(manifest, sample);
  return { path: file, ...(range && { range }) };
}

/** Writes the pairs to `file`, a CSV with a header: split, image, training image and cosine. */
export async function saveSimilar(pairs: readonly SimilarPair[], file: string): Promise<void> {
  const lines = pairs.map(({ split, image, training, cosine }) =>
    csvLine([split, imageName(image), imageName(training), cosine.toFixed(4)]),
  );
  const header = csvLine(['split', 'image', 'training image', 'cosine']);
  await writeWhole(file, `${[header, ...lines].join('\n')}\n`);
}

/** A pair as its line in a table of pairs has it: images by their names. */
export interface NamedPair {
  split: string;
  image: string;
  training: string;
  cosine: number;
}

/**
 * The pairs in a `file` of {@link saveSimilar}; undefined if there is none.
 *
 * @throws InvalidInputError with file and line for a line that is no pair
 */
export async function readSimilar(file: string): Promise<NamedPair[] | undefined> {
  if ((await fileStamp(file)) === undefined) {
    return undefined;
  }
  const pairs: NamedPair[] = [];
  for await (const { fields, line, at } of readCsv(file)) {
    const [split = '', image = '', training = '', number = ''] = fields;
    const cosine = number === '' ? Number.NaN : Number(number);
    if (line > 1 && !Number.isFinite(cosine)) {
      throw expected('a cosine', at(3), number, 'prepare --similar writes this file');
    }
    if (line > 1) {
      pairs.push({ split, image, training, cosine });
    }
  }
  return pairs;
}
