/** Folders of one class each, wherever they are: below the source folder or below that of a split. */
import path from 'node:path';
import { byCodeUnit } from '../code-unit.js';
import { type FilesBelow, filesBelow, foldersIn } from '../files/folders.js';
import type { Labelled, Source, Split } from '../types.js';
import { hasImages, leftAlone, unreadImages } from './left-alone.js';
import { imagePattern, leftOut, roleOf, taskOfFolder, unreadPattern } from './names.js';

export interface ClassFolder extends Omit<FilesBelow, 'files'> {
  class: string;
  /** Relative to the source folder, as the images are. */
  folder: string;
  images: string[];
  /** Files that are no images by their names. */
  others: string[];
  given?: Split;
}

/** The folders in `parent`, which is relative to `root`, as class folders. */
export async function classFoldersIn(
  root: string,
  parent: string,
  given?: Split,
): Promise<ClassFolder[]> {
  const folders: ClassFolder[] = [];
  for (const name of await foldersIn(root, parent)) {
    const folder = path.posix.join(parent, name);
    const { files, ...rest } = await filesBelow(root, folder);
    const images = files.filter((file) => imagePattern.test(file));
    const others = files.filter((file) => !imagePattern.test(file));
    folders.push({ class: name, folder, images, others, ...rest, given });
  }
  return folders;
}

/**
 * Whether the folders in `parent` are those of classes: two or more, one of which has images and a name that means nothing
 * else, and no training split beside a validation split.
 */
export async function hasClasses(root: string, parent: string): Promise<boolean> {
  const classes: string[] = [];
  const roles = new Set<string>();
  for (const name of await foldersIn(root, parent)) {
    const role = roleOf(name);
    if (role === undefined) {
      classes.push(name);
    } else if (await hasImages(root, path.posix.join(parent, name))) {
      roles.add(role);
      classes.push(name);
    }
  }
  if (classes.length < 2 || (roles.has('training split') && roles.has('validation split'))) {
    return false;
  }
  for (const name of classes.filter((each) => roleOf(each) === undefined)) {
    if (await hasImages(root, path.posix.join(parent, name))) {
      return true;
    }
  }
  return false;
}

/** The source that these folders make: one task named after `root`, its classes in code-unit order. */
export function sourceOf(
  root: string,
  folders: readonly ClassFolder[],
  warnings: readonly string[],
): Source {
  const task = taskOfFolder(root);
  const used = folders.filter(
    ({ class: name, folder, images, circles }) =>
      images.length > 0 || (roleOf(name) === undefined && !circles.includes(folder)),
  );
  const classes = [...new Set(used.map((folder) => folder.class))].sort(byCodeUnit);
  const labelled = used.flatMap(({ class: name, images, given }) => {
    const label = classes.indexOf(name);
    return images.map(
      (file): Labelled => ({ path: file, task, label, maybe: [], given, origin: file }),
    );
  });
  return {
    tasks: [{ name: task, classes }],
    labelled,
    questions: [],
    warnings: [
      ...warnings,
      ...unreadImages(folders.flatMap(({ others }) => others)),
      ...folders.flatMap((folder) => oddities(root, folder)),
    ],
  };
}

/** A warning about images that are not in a class folder itself but in folders below it. */
export function nestedImages(folders: readonly ClassFolder[]): string[] {
  const nested = folders.flatMap(
    ({ folder, images }) => images.find((file) => path.posix.dirname(file) !== folder) ?? [],
  );
  const why = 'which count for the upper one: move such folders up if they are classes';
  return leftOut(
    nested,
    `class folder has images in folders below it, ${why}`,
    `class folders have images in folders below them, ${why}`,
  );
}

function oddities(root: string, found: ClassFolder): string[] {
  const { class: name, folder, images, others, circles, special } = found;
  const role = roleOf(name);
  const article = `a ${role}`;
  if (role && images.length === 0) {
    const why = `it has no images, and the name of ${article}`;
    return [`${folder} is left out: ${why}.`, ...leftAlone(root, folder, others)];
  }
  return [
    ...(role
      ? [`${folder} is read as a class: if it is ${article}, move it out of its folder.`]
      : []),
    ...leftAlone(
      root,
      folder,
      others.filter((file) => !unreadPattern.test(file)),
    ),
    ...leftOut(
      special,
      `file of ${folder} is left out: it is a pipe, a socket or a device`,
      `files of ${folder} are left out: they are pipes, sockets or devices`,
    ),
    ...leftOut(
      circles,
      `link in ${folder} is left out: it leads to a folder that it is in`,
      `links in ${folder} are left out: they lead to a folder that they are in`,
    ),
    ...(images.length === 0 && !circles.includes(folder) ? [`${folder} has no images.`] : []),
  ];
}
