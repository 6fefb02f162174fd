/** Reads class folders: `root/<class>/…`, or the same below `train` and `validation`. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { foldersIn, isHidden } from '../files/folders.js';
import type { Labelled, Source, Split } from '../types.js';
import { imagePattern, namesOfSplit, taskOfFolder } from './names.js';
import { refuseCompressedShards } from './shards.js';

/** A folder of one class, below the source folder or below that of a split. */
interface ClassFolder {
  class: string;
  /** Relative to the source folder, as the images. */
  folder: string;
  images: string[];
  /** How many other files it has. */
  others: number;
  given?: Split;
}

interface Found {
  layout: Source['layout'];
  folders: ClassFolder[];
  warnings: string[];
}

/**
 * Reads a folder of class folders. The task takes the folder's name; classes are in code-unit order.
 *
 * @throws InvalidInputError where fewer than two classes are found or none has an image.
 */
export async function readClassFolders(root: string): Promise<Source> {
  const { layout, folders, warnings } = await findClassFolders(root);
  const classes = [...new Set(folders.map((folder) => folder.class))].sort(byCodeUnit);
  const task = taskOfFolder(root);
  const labelled: Labelled[] = [];
  for (const { class: name, folder, images, others, given } of folders) {
    if (others > 0) {
      warnings.push(`${folder} has ${others} other files, left out as no images by their names.`);
    }
    if (images.length === 0) {
      warnings.push(`${folder} has no images.`);
    }
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

async function findClassFolders(root: string): Promise<Found> {
  const names = await foldersIn(root);
  const [train] = namesOfSplit('train', names);
  const learnt = train === undefined ? [] : await classFoldersOf(root, train);
  const warnings = await looseImages(root, '');
  if (train === undefined || learnt.length === 0) {
    const folders = await classFoldersOf(root, '');
    warnings.push(...sidesTakenForClasses(folders));
    return { layout: 'class folders', folders, warnings };
  }
  warnings.push(...(await looseImages(root, train)));
  const classes = new Set(learnt.map((folder) => folder.class));
  for (const validation of namesOfSplit('validation', names)) {
    warnings.push(...(await looseImages(root, validation)));
    const held = await classFoldersOf(root, validation);
    // A folder of unlabelled images, `test` at Kaggle, is none to validate on.
    if (!held.some(({ class: name, images }) => classes.has(name) && images.length > 0)) {
      continue;
    }
    warnings.push(
      ...names
        .filter((name) => name !== train && name !== validation)
        .map(
          (name) => `${name} is left out: ${train} and ${validation} are the split that is used.`,
        ),
    );
    const folders = [...givenTo('train', learnt), ...givenTo('validation', held)];
    return { layout: 'split class folders', folders, warnings };
  }
  const why = `a validation folder is called validation or test and has the class folders of ${train}`;
  for (const name of names.filter((other) => other !== train)) {
    warnings.push(`${name} is left out, and the seed splits ${train}: ${why}.`);
  }
  return { layout: 'class folders', folders: learnt, warnings };
}

async function classFoldersOf(root: string, parent: string): Promise<ClassFolder[]> {
  const folders: ClassFolder[] = [];
  for (const name of await foldersIn(path.join(root, parent))) {
    const folder = path.posix.join(parent, name);
    folders.push({ class: name, folder, ...(await filesBelow(root, folder)) });
  }
  return folders;
}

function givenTo(given: Split, folders: readonly ClassFolder[]): ClassFolder[] {
  return folders.map((folder) => ({ ...folder, given }));
}

/** A sentence about images that are in no class folder; none where there are none. */
async function looseImages(root: string, parent: string): Promise<string[]> {
  const names = await readdir(path.join(root, parent));
  const images = names.filter((name) => !isHidden(name) && imagePattern.test(name));
  const place = parent === '' ? 'The source folder' : parent;
  const what = 'images outside of class folders, which are left out';
  return images.length === 0 ? [] : [`${place} has ${images.length} ${what}.`];
}

/** A sentence where all folders hold images only in folders of the same names: these may be the classes. */
function sidesTakenForClasses(folders: readonly ClassFolder[]): string[] {
  const full = folders.filter(({ images }) => images.length > 0);
  const inner = full.map(
    ({ folder, images }) =>
      new Set(images.map((file) => path.posix.dirname(file.slice(folder.length + 1)))),
  );
  const [first = new Set<string>(), ...rest] = inner;
  const shared = [...first].filter((name) => rest.every((names) => names.has(name)));
  if (rest.length === 0 || shared.length === 0 || inner.some((names) => names.has('.'))) {
    return [];
  }
  const what = `have images in folders alone, ${shared[0]} in each`;
  const remedy = `if ${shared[0]} is a class, call the folders above it train and validation`;
  return [`All ${full.length} class folders ${what}: ${remedy}.`];
}

async function filesBelow(
  root: string,
  folder: string,
): Promise<Pick<ClassFolder, 'images' | 'others'>> {
  const top = path.join(root, folder);
  const partsOf = (file: string) => file.slice(top.length + 1).split(path.sep);
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !partsOf(file).some(isHidden));
  const images = files
    .filter((file) => imagePattern.test(file))
    .map((file) => relativePath(root, file))
    .sort(byCodeUnit);
  return { images, others: files.length - images.length };
}

function relativePath(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}
