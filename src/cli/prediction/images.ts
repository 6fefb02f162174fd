/** The images that the words of a command line name: files, and the images in folders at any depth. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, imagePattern } from '../../dataset/index.js';
import { missing } from '../../errors.js';
import { count } from '../../plural.js';
import { absentError } from './absent.js';

/** What was found. */
export interface FoundImages {
  /**
   * Paths as they were given, or below a folder as it was given, each once; in the order of the words, folders in code-unit
   * order.
   */
  files: string[];
  /** Sentences about files in folders that are not images by their names, and about images that were named again. */
  notes: string[];
}

/**
 * Every file that is named, whatever its name is; of folders only the files with the name of an image, without hidden ones.
 *
 * @param keepGoing takes paths of images that do not exist, too: they cannot be read later
 * @throws InvalidInputError for another path that does not exist, and for a folder without images.
 */
export async function findImages(
  words: readonly string[],
  { keepGoing = false } = {},
): Promise<FoundImages> {
  const kinds = words.map((word) => ({ word, kind: kindOf(word) }));
  const absent = kinds
    .filter(({ kind, word }) => kind === undefined && !(keepGoing && imagePattern.test(word)))
    .map(({ word }) => word);
  if (absent.length > 0) {
    throw await absentError(words, absent);
  }
  const found: FoundImages = { files: [], notes: [] };
  for (const { word, kind } of kinds) {
    if (kind === 'folder') {
      await addFolder(found, word);
    } else {
      found.files.push(plainPath(word));
    }
  }
  return words.length > 1 ? withoutRepeats(found) : found;
}

/** Spreadsheets would compute a cell that begins as a formula does. */
const plainPath = (file: string) => (/^[=+\-@]/.test(file) ? `./${file}` : file);

function withoutRepeats({ files, notes }: FoundImages): FoundImages {
  const seen = new Set<string>();
  const once = files.filter((file) => {
    const place = path.resolve(file);
    const isNew = !seen.has(place);
    seen.add(place);
    return isNew;
  });
  const repeats = files.length - once.length;
  const note = `${count(repeats, 'image')} named again ${repeats === 1 ? 'has' : 'have'} one row only.`;
  return { files: once, notes: repeats > 0 ? [...notes, note] : notes };
}

/** Asks at once: for small images, a promise for each word would cost as much as the work on its image. */
function kindOf(word: string): 'file' | 'folder' | undefined {
  try {
    return statSync(word).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
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
    files.push(plainPath(path.join(folder, file)));
  }
  if (others.length > 0) {
    const [one, several] = [
      'file that is no image by its name',
      'files that are no images by their names',
    ];
    notes.push(
      `${folder}: skipped ${count(others.length, one, several)}; the first is ${others[0]}.`,
    );
  }
}
