/** Tells what is beside class folders, in them or beside a table of labels and is not read: images, archives, other files, folders. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { count } from '../../plural.js';
import { unpackCommand } from '../files/archives.js';
import { filesBelow, filesIn, foldersIn } from '../files/folders.js';
import { imageFormats, imagePattern, leftOut, unreadPattern } from './names.js';

/** Files that people add for each other, and that nobody expects to be read. */
const notePattern = /^(readme|licen[cs]e|copying|citation|changelog|authors)\b|\.(md|pdf)$/i;

/** Warnings about what is in `parent` itself, which holds class folders and is relative to `root`. */
export async function besideClasses(root: string, parent: string): Promise<string[]> {
  const place = parent === '' ? 'The source folder' : parent;
  const files = await filesIn(root, parent);
  const images = files.filter((name) => imagePattern.test(name));
  const others = files.filter((name) => !imagePattern.test(name) && !notePattern.test(name));
  const loose = `${place} has ${count(images.length, 'image outside of class folders, which is', 'images outside of class folders, which are')} left out.`;
  return [
    ...(images.length > 0 ? [loose] : []),
    ...leftAlone(
      root,
      parent,
      others.map((name) => path.posix.join(parent, name)),
    ),
    ...(await hiddenClasses(root, parent)),
  ];
}

/** A warning about the folders in `root` with images, none of which is among the files of `rows`. */
export async function unnamedFolders(
  root: string,
  rows: readonly { path: string }[],
): Promise<string[]> {
  const known = new Set<string>();
  for (const { path: file } of rows) {
    known.add(file.split('/', 1)[0] as string);
  }
  const unnamed: string[] = [];
  for (const folder of await foldersIn(root)) {
    if (!known.has(folder) && (await hasImages(root, folder))) {
      unnamed.push(folder);
    }
  }
  return leftOut(
    unnamed,
    'folder with images is left alone: no labelled row names a file in it',
    'folders with images are left alone: no labelled row names a file in them',
  );
}

/** Whether there is an image below `folder`, which is relative to `root`. */
export async function hasImages(root: string, folder: string): Promise<boolean> {
  return (await filesBelow(root, folder)).files.some((file) => imagePattern.test(file));
}

/** Warnings about `files` of `folder`, relative to `root`, that are not images by their names. */
export function leftAlone(root: string, folder: string, files: readonly string[]): string[] {
  const place = folder === '' ? 'the source folder' : folder;
  const archives = files.filter((file) => unpackCommand(file) !== undefined);
  const others = files.filter((file) => unpackCommand(file) === undefined);
  const [first] = archives;
  const packed = first === undefined ? '' : unpackCommand(path.join(root, first));
  return [
    ...leftOut(
      others,
      `other file in ${place} is left alone: its name is not that of an image`,
      `other files in ${place} are left alone: their names are not those of images`,
    ),
    ...leftOut(
      archives,
      `archive in ${place} is left alone`,
      `archives in ${place} are left alone`,
    ).map((each) => `${each.slice(0, -1)}: \`${packed}\` unpacks it.`),
  ];
}

/** A warning that counts those of `files` that are images in formats that Bobbin does not read, by their names. */
export function unreadImages(files: readonly string[]): string[] {
  const unread = files.filter((file) => unreadPattern.test(file));
  const counts = new Map<string, number>();
  for (const file of unread) {
    const extension = path.extname(file).toLowerCase();
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const kinds = [...counts].map(([extension, number]) => `${number} ${extension}`);
  const listed = new Intl.ListFormat('en').format(kinds);
  const read = `Bobbin reads ${imageFormats}`;
  return leftOut(
    unread,
    `image is left out (${listed}): ${read}, so convert it`,
    `images are left out (${listed}): ${read}, so convert them`,
  );
}

/** Warnings about hidden folders with images: a class may be called so. */
async function hiddenClasses(root: string, parent: string): Promise<string[]> {
  const entries = await readdir(path.join(root, parent), { withFileTypes: true });
  const hidden = entries.filter((entry) => entry.name.startsWith('.') && entry.isDirectory());
  const warnings: string[] = [];
  for (const { name } of hidden) {
    const files = await readdir(path.join(root, parent, name)).catch(noneIfClosed);
    if (files.some((file) => !file.startsWith('.') && imagePattern.test(file))) {
      const folder = path.posix.join(parent, name);
      warnings.push(
        `${folder} is left out, because its name begins with a dot: rename it if it is a class.`,
      );
    }
  }
  return warnings;
}

/** Systems close hidden folders, such as `.Trashes`, which nobody expects to be read. */
function noneIfClosed(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return [];
  }
  throw error;
}
