/** Folders of one class each, wherever they are: below the source folder or below that of a split. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { byCodeUnit } from '../code-unit.js';
import { foldersIn, isHidden } from '../files/folders.js';
import type { Labelled, Source, Split } from '../types.js';
import { imagePattern, taskOfFolder } from './names.js';

export interface ClassFolder {
  class: string;
  /** Relative to the source folder, as the images are. */
  folder: string;
  images: string[];
  /** How many other files it has. */
  others: number;
  given?: Split;
}

/** The folders in `parent`, which is relative to `root`, as class folders. */
export async function classFoldersIn(
  root: string,
  parent: string,
  given?: Split,
): Promise<ClassFolder[]> {
  const folders: ClassFolder[] = [];
  for (const name of await foldersIn(path.join(root, parent))) {
    const folder = path.posix.join(parent, name);
    folders.push({ class: name, folder, ...(await filesBelow(root, folder)), given });
  }
  return folders;
}

/** The files below a folder at any depth, hidden ones left out. */
export async function filesBelow(
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
    .map((file) => path.relative(root, file).split(path.sep).join('/'))
    .sort(byCodeUnit);
  return { images, others: files.length - images.length };
}

/** A warning about images in `parent` itself, which are in no class folder; none where there are none. */
export async function looseImages(root: string, parent: string): Promise<string[]> {
  const names = await readdir(path.join(root, parent));
  const images = names.filter((name) => !isHidden(name) && imagePattern.test(name));
  const place = parent === '' ? 'The source folder' : parent;
  const what = 'images outside of class folders, which are left out';
  return images.length === 0 ? [] : [`${place} has ${images.length} ${what}.`];
}

/** The source that these folders make: one task named after `root`, its classes in code-unit order. */
export function sourceOf(
  root: string,
  folders: readonly ClassFolder[],
  warnings: readonly string[],
): Source {
  const task = taskOfFolder(root);
  const classes = [...new Set(folders.map((folder) => folder.class))].sort(byCodeUnit);
  const labelled = folders.flatMap(({ class: name, images, given }) => {
    const label = classes.indexOf(name);
    return images.map(
      (file): Labelled => ({ path: file, task, label, maybe: [], given, origin: file }),
    );
  });
  const tasks = [{ name: task, classes }];
  return { tasks, labelled, questions: [], warnings: [...warnings, ...folders.flatMap(oddities)] };
}

function oddities({ folder, images, others }: ClassFolder): string[] {
  const warnings: string[] = [];
  if (others > 0) {
    warnings.push(
      `${folder} has ${others} other files, left out because their names are not those of images.`,
    );
  }
  if (images.length === 0) {
    warnings.push(`${folder} has no images.`);
  }
  return warnings;
}
