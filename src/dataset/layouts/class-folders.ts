/** The layout of class folders, `<class>/…`; where only `train` has them, those below it. */
import path from 'node:path';
import { count } from '../../plural.js';
import { filesIn, foldersIn } from '../files/folders.js';
import type { Source } from '../types.js';
import {
  type ClassFolder,
  classFoldersIn,
  hasClasses,
  nestedImages,
  sourceOf,
} from './class-folder.js';
import type { Layout } from './layout.js';
import { besideClasses, unreadImages } from './left-alone.js';
import { imagePattern, namesOfSplit, roleOf } from './names.js';

export const classFolders: Layout<'class folders'> = {
  name: 'class folders',
  form: 'class folders (<class>/*.jpg)',
  packed: false,
  looksLike: async (root) => await hasClasses(root, (await trainFolder(root)) ?? ''),
  hint,
  read,
};

/** The folder of the training split, where it has folders in it. */
async function trainFolder(root: string): Promise<string | undefined> {
  const [train] = namesOfSplit('train', await foldersIn(root));
  const inner = train === undefined ? [] : await foldersIn(root, train);
  return inner.length > 0 ? train : undefined;
}

async function hint(root: string): Promise<string | undefined> {
  const folders = await classFoldersIn(root, (await trainFolder(root)) ?? '');
  const full = folders.filter(({ images }) => images.length > 0);
  const train = full.find(({ class: name }) => roleOf(name) === 'training split');
  if (train && (await hasClasses(root, train.folder))) {
    return `${train.folder} has class folders: call it train, and the folder of the other split validation`;
  }
  const named = train ?? full.find(({ class: name }) => roleOf(name) !== undefined);
  if (named) {
    return roleHint(full, named);
  }
  const [only] = full;
  if (only) {
    const found = `only ${only.folder} has images (${only.images.length})`;
    return `At least two classes are needed, a folder of images for each: ${found}`;
  }
  const [unread] = unreadImages(folders.flatMap(({ others }) => others));
  return unread?.slice(0, -1) ?? (await looseHint(root));
}

/** What to do with a folder that has images and no folders. */
async function looseHint(root: string): Promise<string | undefined> {
  const images = (await filesIn(root)).filter((name) => imagePattern.test(name));
  if (images.length === 0) {
    return undefined;
  }
  const outer = path.dirname(root);
  const remedy = (await hasClasses(outer, ''))
    ? `name ${outer}, which has class folders, as the source`
    : 'put those of each class into a folder of its own';
  return `It has ${count(images.length, 'image')} and no class folders: ${remedy}`;
}

/** Why folders are not read as classes, and what to do: `named` is one that has the name of something else. */
function roleHint(full: readonly ClassFolder[], named: ClassFolder): string {
  const names = full.slice(0, 3).map(({ folder }) => folder);
  const place = names.length < full.length ? `${names.join(', ')} and others` : names.join(' and ');
  const why = `${named.class} is the name of a ${roleOf(named.class)}`;
  const row = `${named.images[0]},CLASS`;
  return `No classes are read from ${place}, because ${why}: put the images of each class into a folder of its own, or list all in a CSV file with the columns path,label and rows such as ${row}`;
}

async function read(root: string): Promise<Source> {
  const train = await trainFolder(root);
  const folders = await classFoldersIn(root, train ?? '');
  const warnings = await besideClasses(root, '');
  const splits = train === undefined ? splitsTakenForClasses(folders) : [];
  warnings.push(...(splits.length > 0 ? splits : nestedImages(folders)));
  if (train === undefined) {
    return sourceOf(root, folders, warnings);
  }
  const names = await foldersIn(root);
  for (const name of [train, ...namesOfSplit('validation', names)]) {
    warnings.push(...(await besideClasses(root, name)));
  }
  const why = `a validation folder is called validation or test and has the class folders of ${train}`;
  for (const name of names.filter((other) => other !== train)) {
    warnings.push(`${name} is left out, and the seed splits ${train}: ${why}.`);
  }
  return sourceOf(root, folders, warnings);
}

/** A warning where all folders hold images only in folders of the same names: these may be the classes. */
function splitsTakenForClasses(folders: readonly ClassFolder[]): string[] {
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
