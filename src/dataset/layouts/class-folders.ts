/** The layout of class folders, `<class>/…`; where only `train` has them, those below it. */
import path from 'node:path';
import { foldersIn } from '../files/folders.js';
import type { Source } from '../types.js';
import {
  type ClassFolder,
  classFoldersIn,
  filesBelow,
  looseImages,
  sourceOf,
} from './class-folder.js';
import type { Layout } from './layout.js';
import { namesOfSplit } from './names.js';

export const classFolders: Layout<'class folders'> = {
  name: 'class folders',
  form: 'class folders (<class>/*.jpg)',
  packed: false,
  looksLike,
  hint: async (folder) => {
    const folders = await classFoldersIn(folder, (await trainFolder(folder)) ?? '');
    const images = folders.reduce((sum, each) => sum + each.images.length, 0);
    return folders.length === 0
      ? undefined
      : `${folders.length} class folders with ${images} images were found there`;
  },
  read,
};

/** The folder of the training split, where it has folders in it. */
async function trainFolder(root: string): Promise<string | undefined> {
  const [train] = namesOfSplit('train', await foldersIn(root));
  const inner = train === undefined ? [] : await foldersIn(path.join(root, train));
  return inner.length > 0 ? train : undefined;
}

async function looksLike(root: string): Promise<boolean> {
  const parent = (await trainFolder(root)) ?? '';
  const names = await foldersIn(path.join(root, parent));
  for (const name of names.length > 1 ? names : []) {
    if ((await filesBelow(root, path.posix.join(parent, name))).images.length > 0) {
      return true;
    }
  }
  return false;
}

async function read(root: string): Promise<Source> {
  const train = await trainFolder(root);
  const folders = await classFoldersIn(root, train ?? '');
  const warnings = await looseImages(root, '');
  if (train === undefined) {
    warnings.push(...splitsTakenForClasses(folders));
    return sourceOf(root, folders, warnings);
  }
  const names = await foldersIn(root);
  for (const name of [train, ...namesOfSplit('validation', names)]) {
    warnings.push(...(await looseImages(root, name)));
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
