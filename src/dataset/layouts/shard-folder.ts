/** Reads a folder of WebDataset shards: tar files whose members `key.jpg`, `key.cls` and `key.json` are one labelled image. */
import path from 'node:path';
import { expected } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { mapConcurrently } from '../concurrency.js';
import { unpackCommand } from '../files/archives.js';
import { filesIn, foldersIn } from '../files/folders.js';
import { refusePointers } from '../files/git-lfs.js';
import type { Labelled, Source } from '../types.js';
import { type Classes, classesOf, readClassNames } from './class-names.js';
import type { OnProgress } from './layout.js';
import { leftOut, namesOfSplit, taskOfFolder } from './names.js';
import { readShard, type Shard } from './shard.js';
import { type SplitFiles, shardWarnings, splitByName } from './shard-splits.js';

// One is read while the other is hashed; with more a disk would no longer read in order.
const shardsAtOnce = 2;
/** Names of shards. */
export const shardPattern = /\.tar$/;
/** Names of shards that are packed as a whole, so that no image in them can be read alone. */
export const compressedPattern = /\.(tar\.(gz|bz2|xz|zst)|tgz)$/;

/**
 * Files whose names match `pattern`, relative to `root`, in the folders where shards may be: the source folder itself, `data`,
 * and those of the splits. None where the folders are those of classes.
 */
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
  const hasClasses = async (name: string) => (await foldersIn(root, name)).length > 1;
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
    const shards = (await filesIn(root, folder)).filter((name) => pattern.test(name));
    found.push(...shards.map((name) => path.posix.join(folder, name)));
  }
  return found.sort(byCodeUnit);
}

/**
 * The labelled images of a folder of tar shards, beside each other or below `train` and `validation`. Labels are class numbers
 * or class names; classnames.txt, where it exists, names the numbers. `task` is the folder's name by default.
 *
 * @throws InvalidInputError naming shard and byte, for a damaged shard or an invalid label.
 */
export async function readShards(
  root: string,
  { task = taskOfFolder(root), onProgress }: { task?: string; onProgress?: OnProgress } = {},
): Promise<Source> {
  const { files, warnings } = splitByName(await shardFilesIn(root, shardPattern));
  const names = files.map(({ file }) => file);
  await refusePointers(root, names);
  const shards = await readAll(root, files, onProgress);
  const packed = await shardFilesIn(root, compressedPattern);
  warnings.push(
    ...shardWarnings(files),
    ...leftOut(
      packed,
      'compressed shard is left out, since images are read in place: unpack it',
      'compressed shards are left out, since images are read in place: unpack them',
    ),
    ...sampleWarnings(shards),
  );
  const images = shards.flatMap((shard) => shard.images);
  if (images.length === 0) {
    const unpack = unpackCommand(path.join(root, names[0] as string));
    const remedy = `${warnings.join(' ')} If the folders in it are classes, unpack it: \`${unpack}\``;
    throw expected('images with labels in its shards', 'source', root, remedy);
  }
  const folders = names.map((name) => path.dirname(name));
  const classes = classesOf(images, await readClassNames(root, folders));
  const held = shards.some((shard) => shard.given === 'validation' && shard.images.length > 0);
  if (!held && files.some(({ given }) => given === 'validation')) {
    warnings.push('The validation shards have no labelled image: the seed splits the others.');
  }
  const labelled = shards.flatMap((shard) =>
    labelledIn(held ? shard : { ...shard, given: undefined }, task, classes),
  );
  return { tasks: [{ name: task, classes: classes.names }], labelled, questions: [], warnings };
}

type NamedShard = Shard & SplitFiles['files'][number];

async function readAll(
  root: string,
  files: SplitFiles['files'],
  onProgress: OnProgress = () => {},
): Promise<NamedShard[]> {
  let done = 0;
  return await mapConcurrently(files, shardsAtOnce, async ({ file, given }) => {
    const shard = await readShard(path.join(root, file));
    onProgress(++done, files.length);
    return { file, given, ...shard };
  });
}

function labelledIn(
  { file, given, images }: NamedShard,
  task: string,
  classes: Classes,
): Labelled[] {
  return images.map(({ key, range, hash, label: named }) => {
    const label = classes.indexOf(named);
    return { path: file, range, hash, task, label, maybe: [], given, origin: `${file}: ${key}` };
  });
}

function sampleWarnings(shards: readonly NamedShard[]): string[] {
  const named = (kind: 'unlabelled' | 'empty' | 'imageless' | 'archives') =>
    shards.flatMap(({ file, ...shard }) => shard[kind].map((name) => `${name} in ${file}`));
  return [
    ...leftOut(
      named('unlabelled'),
      'image without a label in .cls or .json is left out',
      'images without a label in .cls or .json are left out',
    ),
    ...leftOut(named('empty'), 'image of no bytes is left out', 'images of no bytes are left out'),
    ...leftOut(
      named('archives'),
      'archive inside of a shard is left out: unpack it first',
      'archives inside of shards are left out: unpack them first',
    ),
    ...leftOut(
      named('imageless'),
      'label has no image beside it (a key ends at the first dot; links are skipped)',
      'labels have no image beside them (a key ends at the first dot; links are skipped)',
    ),
  ];
}
