/** The layout of class folders that are split: `train/<class>/…` beside `validation/<class>/…`. */
import path from 'node:path';
import { expected } from '../../errors.js';
import { foldersIn } from '../files/folders.js';
import type { Source } from '../types.js';
import { classFoldersIn, nestedImages, sourceOf } from './class-folder.js';
import type { Layout } from './layout.js';
import { besideClasses, hasImages } from './left-alone.js';
import { namesOfSplit, roleOf } from './names.js';

export const splitClassFolders: Layout<'split class folders'> = {
  name: 'split class folders',
  form: 'train/ and validation/ with class folders',
  packed: false,
  looksLike: async (folder) => (await splitFoldersIn(folder)) !== undefined,
  read,
};

/** Names of the folders of the splits. */
interface SplitFolders {
  train: string;
  validation: string;
}

/**
 * Undefined where no validation folder has an image of a class in train: `test` may hold unlabelled images alone, and folders
 * called `images` and `labels` are no classes.
 */
async function splitFoldersIn(root: string): Promise<SplitFolders | undefined> {
  const names = await foldersIn(root);
  const [train] = namesOfSplit('train', names);
  if (train === undefined) {
    return undefined;
  }
  const classes = await foldersIn(root, train);
  for (const validation of namesOfSplit('validation', names)) {
    for (const name of await foldersIn(root, validation)) {
      const shared = classes.includes(name) && roleOf(name) === undefined;
      if (shared && (await hasImages(root, path.posix.join(validation, name)))) {
        return { train, validation };
      }
    }
  }
  return undefined;
}

async function read(root: string): Promise<Source> {
  const { train, validation } = (await splitFoldersIn(root)) as SplitFolders;
  const folders = [
    ...(await classFoldersIn(root, train, 'train')),
    ...(await classFoldersIn(root, validation, 'validation')),
  ];
  const classes = new Set(folders.map((folder) => folder.class));
  if (classes.size < 2) {
    throw expected('two or more class folders', train, [...classes].join(', '));
  }
  const names = await foldersIn(root);
  const held = namesOfSplit('validation', names);
  const looked = ['', train, ...held.slice(0, held.indexOf(validation) + 1)];
  const warnings = nestedImages(folders);
  for (const name of looked) {
    warnings.push(...(await besideClasses(root, name)));
  }
  for (const name of names.filter((other) => other !== train && other !== validation)) {
    warnings.push(`${name} is left out: ${train} and ${validation} are the split that is used.`);
  }
  return sourceOf(root, folders, warnings);
}
