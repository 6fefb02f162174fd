/** Reads class folders: `root/<class>/…`, or the same below `train` and `validation`. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.js';
import { byCodeUnit } from './code-unit.js';
import { foldersIn } from './folders.js';
import { imagePattern, taskOfFolder, validationNames } from './layout.js';
import { refuseCompressedShards } from './shards.js';
import type { Labelled, Source, Split } from './types.js';

/** Images of one class on one side, or on no side yet. */
interface ClassFolder {
  class: string;
  /** Relative to the source folder. */
  folder: string;
  given?: Split;
}

/**
 * Reads a folder of class folders. The task takes the folder's name; classes are in code-unit order.
 *
 * Throws InvalidInputError where fewer than two classes are found or none has an image.
 */
export async function readClassFolders(root: string): Promise<Source> {
  const { layout, folders, warnings } = await findClassFolders(root);
  const classes = [...new Set(folders.map((folder) => folder.class))].sort(byCodeUnit);
  const task = taskOfFolder(root);
  const labelled: Labelled[] = [];
  for (const { class: name, folder, given } of folders) {
    const { images, others } = await filesBelow(root, folder);
    if (others > 0)
      warnings.push(`${folder} has ${others} other files, left out as no images by their names.`);
    if (images.length === 0) warnings.push(`${folder} has no images.`);
    const label = classes.indexOf(name);
    for (const file of images) {
      labelled.push({ path: file, task, label, maybe: [], given, origin: file });
    }
  }
  if (classes.length < 2 || labelled.length === 0) {
    await refuseCompressedShards(root);
    throw expected(
      'class folders (<class>/*.jpg), train/ and validation/ with class folders, tar shards, Parquet files, or Annotations/label.csv',
      'source',
      root,
      `${classes.length} class folders with ${labelled.length} images were found there`,
    );
  }
  return { layout, tasks: [{ name: task, classes }], labelled, questions: [], warnings };
}

async function findClassFolders(root: string): Promise<{
  layout: Source['layout'];
  folders: ClassFolder[];
  warnings: string[];
}> {
  const names = await foldersIn(root);
  const validation = validationNames.filter((name) => names.includes(name));
  if (!names.includes('train') || (await foldersIn(path.join(root, 'train'))).length === 0) {
    const folders = names.map((name) => ({ class: name, folder: name }));
    return { layout: 'class folders', folders, warnings: [] };
  }
  const [chosen] = validation;
  const train = await classFoldersOf(root, 'train', chosen === undefined ? undefined : 'train');
  if (chosen === undefined) return { layout: 'class folders', folders: train, warnings: [] };
  const warnings = names
    .filter((name) => name !== 'train' && name !== chosen)
    .map((name) => `${name} is left out: train and ${chosen} are the split that is used.`);
  const held = await classFoldersOf(root, chosen, 'validation');
  return { layout: 'split class folders', folders: [...train, ...held], warnings };
}

async function classFoldersOf(root: string, side: string, given?: Split): Promise<ClassFolder[]> {
  const names = await foldersIn(path.join(root, side));
  return names.map((name) => ({ class: name, folder: path.posix.join(side, name), given }));
}

async function filesBelow(
  root: string,
  folder: string,
): Promise<{ images: string[]; others: number }> {
  const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith('.'),
  );
  const images = files
    .filter((entry) => imagePattern.test(entry.name))
    .map((entry) => relativePath(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort(byCodeUnit);
  return { images, others: files.length - images.length };
}

function relativePath(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}
