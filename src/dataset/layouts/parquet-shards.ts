/** Writes the images of Parquet files into tar shards, once, so that they can be read one by one in any order. */

import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  ifPresent,
  makeFolder,
  removeFile,
  replaceFile,
  tidied,
  writePart,
} from '../../disk/index.js';
import { expected } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { refusePointers } from '../files/git-lfs.js';
import { TarWriter } from '../files/tar-writer.js';
import { manifestFile } from '../manifest/manifest.js';
import type { Source } from '../types.js';
import { classNamesFile } from './class-names.js';
import type { Layout, OnProgress, ReadOptions } from './layout.js';
import { leftOut, taskOfFolder } from './names.js';
import { openParquet, type ParquetFile, type ParquetRow } from './parquet.js';
import { readShards, shardFilesIn } from './shard-folder.js';
import { splitByName } from './shard-splits.js';

const filePattern = /\.parquet$/;

export const parquet: Layout<'Parquet'> = {
  name: 'Parquet',
  form: 'Parquet files (*.parquet)',
  packed: true,
  looksLike: async (folder) => (await shardFilesIn(folder, filePattern)).length > 0,
  read,
};

/**
 * The labelled images of a folder of Parquet files, beside each other or below `train` and `validation`. They are written to
 * the folder `images`, a shard for each file, with class numbers, and classnames.txt. Earlier shards there are replaced once
 * the new ones are read and on the disk, and the manifest of the earlier ones, beside the folder, is removed. `onProgress` is
 * called with the row groups that are written, then with the shards that are read.
 *
 * @throws InvalidInputError naming the file, where one is damaged, its columns do not fit, or `images` has other files.
 */
async function read(root: string, { images, onProgress = () => {} }: ReadOptions): Promise<Source> {
  if (images === undefined) {
    const remedy = 'Its Parquet files have to be prepared first: `npx bobbin prepare`';
    throw expected('a prepared folder', 'source', root, remedy);
  }
  const { files, warnings } = splitByName(await shardFilesIn(root, filePattern));
  const names = files.map(({ file }) => file);
  await refusePointers(root, names);
  await checkReplaceable(images);
  const write = async (unfinished: string) => {
    warnings.push(...(await writeShards({ root, names, folder: unfinished, onProgress })));
    return await readShards(unfinished, { task: taskOfFolder(root), onProgress });
  };
  const clear = async () => {
    // The earlier manifest names places in shards that are gone from here on.
    await removeFile(manifestFile(path.dirname(images)));
    await rm(images, { recursive: true, force: true });
  };
  const source = await replaceFile(images, write, clear);
  warnings.push(...source.warnings);
  return { ...source, root: images, warnings };
}

/** The folder is replaced as a whole, so it must hold nothing but shards. */
async function checkReplaceable(images: string): Promise<void> {
  const found = await ifPresent(stat(images));
  if (found === undefined) {
    return;
  }
  if (!found.isDirectory()) {
    throw expected('a folder', 'the folder of images', images, 'There is a file of that name');
  }
  const entries = await readdir(images, { recursive: true, withFileTypes: true });
  const foreign = entries.find(
    (entry) => !entry.isDirectory() && entry.name !== classNamesFile && !/\.tar$/.test(entry.name),
  );
  if (!foreign) {
    return;
  }
  const received = `${images} with ${foreign.name}`;
  throw expected('no files but shards', 'the folder of images', received, 'Name another out');
}

interface WriteRequest {
  root: string;
  /** Of the Parquet files, relative to `root`. */
  names: string[];
  /** To be made. */
  folder: string;
  onProgress: OnProgress;
}

/** Writes a shard for each file, and classnames.txt where classes have names; resolves to the warnings. */
async function writeShards({ root, names, folder, onProgress }: WriteRequest): Promise<string[]> {
  const files = await openAll(root, names);
  const classes = await classesOf(files);
  await makeFolder(folder);
  if (classes) {
    await writePart(path.join(folder, classNamesFile), `${classes.join('\n')}\n`);
  }
  const total = files.reduce((sum, { rowGroups }) => sum + rowGroups, 0);
  let done = 0;
  const left: string[] = [];
  let linked: string | undefined;
  let written = 0;
  for (const [index, name] of names.entries()) {
    const shard = path.join(folder, name.replace(/parquet$/, 'tar'));
    await makeFolder(path.dirname(shard));
    const file = files[index] as ParquetFile;
    const numberOf = (row: ParquetRow) => classNumber(file, row, classes);
    const rows = await writeShard(file, shard, numberOf, () => onProgress(++done, total));
    left.push(...rows.left.map((row) => `row ${row} of ${name}`));
    linked ??= rows.linked;
    written += rows.written;
  }
  if (written === 0) {
    const remedy =
      linked === undefined
        ? ''
        : `Its rows name files, such as ${linked}: write a CSV file with the columns path and label instead`;
    throw expected('rows with an image and a class', 'source', root, remedy);
  }
  const others = new Set(files.flatMap((file) => file.others));
  return [
    ...leftOut(
      left,
      'row without image or class is left out',
      'rows without image or class are left out',
    ),
    ...[...others].map((column) => `The classes of column ${column} are not used.`),
  ];
}

async function openAll(root: string, names: readonly string[]): Promise<ParquetFile[]> {
  const files: ParquetFile[] = [];
  for (const name of names) {
    files.push(await openParquet(path.join(root, name)));
  }
  return files;
}

/** Names of the class numbers: those that the files declare, or else those in their rows; undefined where there are none. */
async function classesOf(files: readonly ParquetFile[]): Promise<string[] | undefined> {
  const [first] = files as [ParquetFile, ...ParquetFile[]];
  const differs = files.find((file) => !isDeepStrictEqual(file.classes, first.classes));
  if (differs) {
    throw expected(`the classes of ${first.path}`, `classes of ${differs.path}`, differs.classes);
  }
  const names = first.classes ?? (await namesIn(files));
  const broken = names.find((name) => name.trim() === '' || name.includes('\n'));
  if (broken !== undefined) {
    throw expected('class names of one line', first.path, broken);
  }
  return names.length > 0 ? names : undefined;
}

async function namesIn(files: readonly ParquetFile[]): Promise<string[]> {
  const names = new Set<string>();
  for (const file of files) {
    for (let group = 0; group < file.rowGroups; group++) {
      for (const { label } of await file.read(group, { images: false })) {
        if (typeof label === 'string') {
          names.add(label);
        }
      }
    }
  }
  return [...names].sort(byCodeUnit);
}

function classNumber(
  { path: file }: ParquetFile,
  { row, label }: ParquetRow,
  classes: readonly string[] | undefined,
): number | undefined {
  const number = typeof label === 'string' ? classes?.indexOf(label) : label;
  if (number === undefined || !classes || (number >= 0 && number < classes.length)) {
    return number;
  }
  throw expected(`one of ${classes.length} classes`, `class of ${file}, row ${row}`, label);
}

/** Writes the rows that have an image and a class: how many, the others' numbers, and the first image that is only named. */
async function writeShard(
  file: ParquetFile,
  shard: string,
  numberOf: (row: ParquetRow) => number | undefined,
  onGroup: () => void,
): Promise<{ written: number; left: number[]; linked: string | undefined }> {
  const tar = await TarWriter.create(shard);
  const left: number[] = [];
  let linked: string | undefined;
  let written = 0;
  const writeRows = async () => {
    for (let group = 0; group < file.rowGroups; group++) {
      for (const row of await file.read(group, { images: true })) {
        const label = numberOf(row);
        if (!row.image?.length || label === undefined) {
          left.push(row.row);
          linked ??= row.image?.length ? undefined : row.imagePath;
          continue;
        }
        const key = `${row.row}`.padStart(9, '0');
        await tar.add(`${key}.${extensionOf(row.image)}`, row.image);
        await tar.add(`${key}.cls`, Buffer.from(`${label}`));
        written++;
      }
      onGroup();
    }
    await tar.finish();
  };
  await tidied(writeRows, () => tar.close());
  return { written, left, linked };
}

/** For the name only: decoders go by the content. */
function extensionOf(image: Uint8Array): string {
  const start = Buffer.from(image.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG')) {
    return 'png';
  }
  if (start.startsWith('GIF8')) {
    return 'gif';
  }
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) {
    return 'webp';
  }
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) {
    return 'tiff';
  }
  return start.endsWith('ftypavif') ? 'avif' : 'jpg';
}
