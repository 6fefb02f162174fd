/** The images that the words of a command line name: files, and the images in folders at any depth. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { filesBelow, imagePattern } from '../../dataset/index.js';
import { ifPresent } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { count } from '../../plural.js';

/** What was found. */
export interface FoundImages {
  /** Paths as they were given, or below a folder as it was given; in the order of the words, folders in code-unit order. */
  files: string[];
  /** Sentences about files in folders that are not images by their names. */
  notes: string[];
}

/**
 * Every file that is named, whatever its name is; of folders only the files with the name of an image, without hidden ones.
 *
 * @param keepGoing takes paths that do not exist, too: they cannot be read later
 * @throws InvalidInputError for a path that does not exist, and for a folder without images.
 */
export async function findImages(
  words: readonly string[],
  { keepGoing = false } = {},
): Promise<FoundImages> {
  const kinds = await Promise.all(words.map(async (word) => ({ word, kind: await kindOf(word) })));
  const absent = kinds.filter(({ kind }) => kind === undefined).map(({ word }) => word);
  if (absent.length > 0 && !keepGoing) {
    const more = absent.length > 1 ? `${count(absent.length, 'path')} do not exist. ` : '';
    const remedy = `${more}With --keep-going, such images get a row without a prediction`;
    throw expected('an existing image or folder', 'images', absent[0], remedy);
  }
  const found: FoundImages = { files: [], notes: [] };
  for (const { word, kind } of kinds) {
    if (kind === 'folder') {
      await addFolder(found, word);
    } else {
      found.files.push(word);
    }
  }
  return found;
}

async function kindOf(word: string): Promise<'file' | 'folder' | undefined> {
  const found = await ifPresent(stat(word));
  return found && (found.isDirectory() ? 'folder' : 'file');
}

async function addFolder({ files, notes }: FoundImages, folder: string): Promise<void> {
  const inside = (await filesBelow(folder)).files;
  const images = inside.filter((file) => imagePattern.test(file));
  const others = inside.filter((file) => !imagePattern.test(file));
  if (images.length === 0) {
    const has = inside.length === 0 ? 'It has no files' : `It has ${count(inside.length, 'file')}`;
    const remedy = `${has}; files whose names do not end as those of images do are read if they are named themselves`;
    throw missing('images', `the folder ${folder}`, remedy);
  }
  for (const file of images) {
    files.push(path.join(folder, file));
  }
  if (others.length > 0) {
    notes.push(
      `${folder}: left out ${count(others.length, 'file')} without the name of an image; the first is ${others[0]}.`,
    );
  }
}
