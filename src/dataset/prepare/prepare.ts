/** From a source folder to a manifest: read the layout, hash the images, drop repeats, split, write. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expected, InvalidInputError } from '../../errors.js';
import { ifPresent } from '../../if-present.js';
import { type OptionValues, resolveOptions } from '../../options.js';
import { readClassFolders } from '../layouts/class-folders.js';
import { readFashionAi } from '../layouts/fashionai.js';
import { readParquet } from '../layouts/parquet-shards.js';
import { readShards } from '../layouts/shards.js';
import { manifestFile, saveManifest } from '../manifest.js';
import type { Labelled, Manifest, Question, Sample, Source } from '../types.js';
import { deduplicate, type HashedImage } from './duplicates.js';
import { type Hashed, hashFiles } from './hash.js';
import { splitByContent } from './split.js';
import { type Summary, summarizeTasks, warningsOf } from './summary.js';

/** How `prepare` splits. */
export const prepareOptions = {
  seed: {
    type: 'integer',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
    help: 'which images validation gets',
  },
  validationFraction: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    help: 'share of each class that validation gets, where the source has no split of its own',
  },
} as const;

export interface PrepareOptions extends Partial<OptionValues<typeof prepareOptions>> {
  /** Folder that gets manifest.json; not inside the source. */
  out: string;
  /** Hears how many images are hashed, shards read, or row groups of Parquet files written into shards. */
  onProgress?: (done: number, total: number) => void;
}

export interface Prepared {
  manifest: Manifest;
  summary: Summary;
}

/**
 * Reads a source folder, whichever layout it has: FashionAI releases, tar shards, Parquet files, or class folders, the last
 * three also below `train` and `validation`. `images` is the folder that images from Parquet files are copied to; without it
 * they are refused.
 *
 * @throws InvalidInputError with file, line and column where there is one, for anything in it that does not fit.
 */
export async function readSource(
  root: string,
  { images, onProgress }: { images?: string } & Pick<PrepareOptions, 'onProgress'> = {},
): Promise<Required<Source>> {
  const kind = await ifPresent(stat(root));
  if (!kind?.isDirectory()) {
    const what = kind ? `the folder that holds ${path.basename(root)}` : 'an existing folder';
    throw expected(what, 'source', root);
  }
  const found =
    (await readFashionAi(root)) ??
    (await readShards(root, { onProgress })) ??
    (await readParquet(root, images, onProgress)) ??
    (await readClassFolders(root));
  return { root, ...found };
}

/**
 * Reads `source` as {@link readSource} does and writes `out/manifest.json`. Images stay where they are, but for those in
 * Parquet files, which are copied to shards in `out/images`. The same images, labels and seed give the same manifest.
 *
 * @throws InvalidInputError with file, line and column where there is one, for anything in the source that does not fit.
 */
export async function prepare(source: string, options: PrepareOptions): Promise<Prepared> {
  const { out, onProgress, ...chosen } = options;
  const { seed, validationFraction } = resolveOptions(prepareOptions, chosen);
  await checkFolders(path.resolve(source), path.resolve(out));

  const images = path.resolve(out, 'images');
  const found = await readSource(path.resolve(source), { images, onProgress });
  const { root, tasks, questions } = found;
  const absolute = (file: string) => path.resolve(root, file);
  const files = [
    ...found.labelled.filter(({ hash }) => hash === undefined).map(({ path: file }) => file),
    ...found.questions.map(({ file }) => file),
  ];
  const hashes = await hashFiles(files.map(absolute), onProgress);
  const hashOf = (file: string) => hashes.get(absolute(file));
  const unique = deduplicate(withHashes(found.labelled, hashOf));
  if (unique.images.length === 0) {
    throw expected(
      'labelled images',
      'source',
      root,
      'It has questions, empty label files or contradictory labels only',
    );
  }

  const splits = splitByContent(unique.images, seed, validationFraction);
  const samples = unique.images.map(
    ({ path: file, range, task, label, maybe, given, hash }): Sample => {
      const split = given ?? splits.get(hash) ?? 'train';
      return { path: file, ...(range && { range }), task, label, maybe, split, hash };
    },
  );
  const manifest: Manifest = { version: 1, root, seed, tasks, samples, questions };
  await saveManifest(manifest, out);
  const { repeats, leaks, conflicts } = unique;
  const counts = {
    layout: found.layout,
    file: manifestFile(path.resolve(out)),
    tasks: summarizeTasks(manifest),
    repeats,
    leaks,
    conflicts,
    ...questionCounts(questions, samples, hashOf),
  };
  return { manifest, summary: { ...counts, warnings: warningsOf(counts, found.warnings) } };
}

async function checkFolders(root: string, out: string): Promise<void> {
  const target = await ifPresent(stat(out));
  if (target?.isFile()) {
    throw expected('a folder', 'out', out, 'There is a file of that name');
  }
  // Inside the source it would be read as one of its classes the next time.
  if (out.startsWith(`${root}${path.sep}`)) {
    throw expected(`a folder outside ${root}`, 'out', out);
  }
}

/** Labelled images with their hashes; throws for the first that cannot be read, naming its row. */
function withHashes(
  labelled: readonly Labelled[],
  hashOf: (file: string) => Hashed | undefined,
): HashedImage[] {
  const missing: string[] = [];
  const images: HashedImage[] = [];
  for (const image of labelled) {
    const hashed = image.hash === undefined ? hashOf(image.path) : { hash: image.hash };
    if (hashed && 'hash' in hashed) {
      images.push({ ...image, hash: hashed.hash });
    } else {
      missing.push(`${image.origin}: ${image.path} (${hashed?.error.code ?? 'not read'})`);
    }
  }
  if (missing.length > 0) {
    const [first] = missing;
    throw new InvalidInputError(
      `Expected a readable image for every label but ${missing.length} of ${labelled.length} cannot be read, the first at ${first}. Restore the files or remove their rows`,
    );
  }
  return images;
}

function questionCounts(
  questions: readonly Question[],
  samples: readonly Sample[],
  hashOf: (file: string) => Hashed | undefined,
): Pick<Summary, 'questionsInTraining' | 'unreadableQuestions'> {
  const known = new Set(samples.map((sample) => sample.hash));
  const unreadableQuestions: string[] = [];
  let questionsInTraining = 0;
  for (const { file, path: asked } of questions) {
    const hashed = hashOf(file);
    if (!hashed || !('hash' in hashed)) {
      unreadableQuestions.push(asked);
    } else if (known.has(hashed.hash)) {
      questionsInTraining++;
    }
  }
  return { questionsInTraining, unreadableQuestions };
}
