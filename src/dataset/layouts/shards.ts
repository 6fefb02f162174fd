/** Reads WebDataset shards: tar files whose members `key.jpg`, `key.cls` and `key.json` are one labelled image. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { ifPresent } from '../../if-present.js';
import { readText } from '../../text-file.js';
import { byCodeUnit } from '../code-unit.js';
import { mapConcurrently } from '../concurrency.js';
import { foldersIn, isHidden } from '../files/folders.js';
import { refusePointers } from '../files/git-lfs.js';
import type { Labelled, Source } from '../types.js';
import { leftOut, namesOfSplit, taskOfFolder } from './names.js';
import { readShard, type Shard, type ShardImage } from './shard.js';
import { shardWarnings, splitByName } from './shard-splits.js';

// Two, so that one is read while the other is hashed; more would take a disk out of its order.
const shardsAtOnce = 2;
const mostClasses = 100_000;
/** Class names in the order of their numbers, one a line, beside the shards or in the source folder. */
export const classNamesFile = 'classnames.txt';
const compressed = /\.(tar\.(gz|bz2|xz|zst)|tgz)$/;

export interface ReadShardsOptions {
  /** Name of the task; by default that of the folder. */
  task?: string;
  /** Hears how many shards are read. */
  onProgress?: (done: number, total: number) => void;
}

/** Files whose names fit `pattern` where shards may be, relative to `root`; none where class folders say what the folder is. */
export async function shardFilesIn(root: string, pattern: RegExp): Promise<string[]> {
  const folders = await foldersIn(root);
  const train = namesOfSplit('train', folders);
  const own = [
    ...folders.filter((name) => name.toLowerCase() === 'data'),
    ...train,
    ...namesOfSplit('validation', folders),
  ];
  if (folders.length - own.length > 1) {
    return [];
  }
  const hasClasses = async (name: string) => (await foldersIn(path.join(root, name))).length > 1;
  for (const name of train) {
    if (await hasClasses(name)) {
      return [];
    }
  }
  const found: string[] = [];
  for (const folder of ['', ...own]) {
    if (folder !== '' && (await hasClasses(folder))) {
      continue;
    }
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    const shards = entries.filter(
      (entry) =>
        (entry.isFile() || entry.isSymbolicLink()) &&
        !isHidden(entry.name) &&
        pattern.test(entry.name),
    );
    found.push(...shards.map(({ name }) => path.posix.join(folder, name)));
  }
  return found.sort(byCodeUnit);
}

/**
 * The labelled images of a folder of tar shards, beside each other or below `train` and `validation`; undefined where
 * there is none. Labels are class numbers or class names; numbers take their names from classnames.txt where it is there.
 *
 * @throws InvalidInputError naming shard and byte, for a damaged shard or a label that cannot be.
 */
export async function readShards(
  root: string,
  { task = taskOfFolder(root), onProgress = () => {} }: ReadShardsOptions = {},
): Promise<Source | undefined> {
  const { files, warnings } = splitByName(await shardFilesIn(root, /\.tar$/));
  if (files.length === 0) {
    return undefined;
  }
  const names = files.map(({ file }) => file);
  await refusePointers(root, names);
  let done = 0;
  const shards = await mapConcurrently(files, shardsAtOnce, async ({ file, given }) => {
    const shard = await readShard(path.join(root, file));
    onProgress(++done, files.length);
    return { file, given, ...shard };
  });
  const packed = await shardFilesIn(root, compressed);
  warnings.push(
    ...shardWarnings(files),
    ...leftOut(packed, 'compressed shards are left out'),
    ...warningsOf(shards),
  );
  const all = shards.flatMap(({ images }) => images);
  if (all.length === 0) {
    throw expected('images with labels in its shards', 'source', root, warnings.join(' '));
  }
  const classes = classesOf(all, await readClassNames(root, names));
  const labels = new Map(classes.map((name, label) => [name, label]));
  const held = shards.some(({ given, images }) => given === 'validation' && images.length > 0);
  if (!held && files.some(({ given }) => given === 'validation')) {
    warnings.push('The validation shards have no labelled image: the seed splits the others.');
  }
  const labelled = shards.flatMap(({ file, given, images }) =>
    images.map(({ key, label, hash, range }): Labelled => {
      const index = typeof label === 'number' ? label : (labels.get(label) as number);
      const origin = `${file}: ${key}`;
      return {
        path: file,
        range,
        hash,
        task,
        label: index,
        maybe: [],
        given: held ? given : undefined,
        origin,
      };
    }),
  );
  return {
    layout: 'tar shards',
    tasks: [{ name: task, classes }],
    labelled,
    questions: [],
    warnings,
  };
}

/** @throws InvalidInputError where compressed shards are all that there is. */
export async function refuseCompressedShards(root: string): Promise<void> {
  const [first] = await shardFilesIn(root, compressed);
  if (first === undefined) {
    return;
  }
  const remedy =
    'Images are read from the middle of a shard: unpack it to a .tar first, by gunzip for .gz';
  throw expected('shards that are not compressed', 'source', path.join(root, first), remedy);
}

function warningsOf(shards: readonly (Shard & { file: string })[]): string[] {
  const named = (kind: 'unlabelled' | 'empty' | 'imageless') =>
    shards.flatMap(({ file, ...shard }) => shard[kind].map((name) => `${name} in ${file}`));
  return [
    ...leftOut(named('unlabelled'), 'images without a label in .cls or .json are left out'),
    ...leftOut(named('empty'), 'images of no bytes are left out'),
    ...leftOut(
      named('imageless'),
      'labels have no image beside them (a key ends at the first dot; links are passed over)',
    ),
  ];
}

async function readClassNames(
  root: string,
  shards: readonly string[],
): Promise<string[] | undefined> {
  for (const folder of new Set([...shards.map((name) => path.dirname(name)), '.'])) {
    const file = path.join(root, folder, classNamesFile);
    const text = await ifPresent(readText(file));
    if (text === undefined) {
      continue;
    }
    const names = text.trimEnd().split(/\r?\n/);
    const blank = names.findIndex((name) => name.trim() === '');
    if (blank >= 0) {
      throw expected('a class name', `${file}:${blank + 1}`, names[blank]);
    }
    return names;
  }
  return undefined;
}

/** Class names in label order. Throws for a label that `named` does not have; without it, for labels of two kinds. */
function classesOf(images: readonly ShardImage[], named: string[] | undefined): string[] {
  if (!named) {
    return namesIn(images) ?? numbersIn(images);
  }
  const names = new Set(named);
  for (const { label, place } of images) {
    const fits = typeof label === 'number' ? label < named.length : names.has(label);
    if (fits) {
      continue;
    }
    throw expected(
      `one of the ${named.length} classes of ${classNamesFile}`,
      `label at ${place}`,
      label,
    );
  }
  return named;
}

/** Undefined where the labels are numbers. */
function namesIn(images: readonly ShardImage[]): string[] | undefined {
  const number = images.find(({ label }) => typeof label === 'number');
  const name = images.find(({ label }) => typeof label === 'string');
  if (number && name) {
    const remedy = `The one at ${name.place} is a name: say which numbers the names have in ${classNamesFile}`;
    throw expected('a name', `label at ${number.place}`, number.label, remedy);
  }
  return name && [...new Set(images.map(({ label }) => `${label}`))].sort(byCodeUnit);
}

function numbersIn(images: readonly ShardImage[]): string[] {
  const largest = images.reduce((most, { label }) => Math.max(most, label as number), -1);
  if (largest >= mostClasses) {
    const { place } = images.find(({ label }) => label === largest) as ShardImage;
    throw expected(`a class number below ${mostClasses}`, `label at ${place}`, largest);
  }
  return Array.from({ length: largest + 1 }, (_, label) => `${label}`);
}
