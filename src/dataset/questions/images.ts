/** Finds the images that a table of ids asks about. */
import path from 'node:path';
import { expected, missing } from '../../errors.js';
import { filesBelow } from '../files/folders.js';
import { imagePattern } from '../layouts/names.js';
import type { QuestionRow } from '../types.js';

/** What an id may say of a file: its path, its path without the extension, and both without their folders. */
const namesOf = (file: string): string[] => {
  const { dir, name, base } = path.posix.parse(file);
  return [file, path.posix.join(dir, name), base, name];
};

/**
 * The image below `folder` that each question names, relative to `folder`: by its path or its name, with or without the extension.
 *
 * @throws InvalidInputError at the row of an id that names none, or several
 */
export async function imagesOf(
  questions: readonly QuestionRow[],
  folder: string,
): Promise<Map<QuestionRow, string>> {
  const files = (await filesBelow(folder)).files.filter((file) => imagePattern.test(file));
  if (files.length === 0) {
    throw expected('a folder with images', 'questionImages', folder);
  }
  const byName = new Map<string, Set<string>>();
  for (const file of files) {
    for (const name of namesOf(file)) {
      byName.set(name, (byName.get(name) ?? new Set()).add(file));
    }
  }
  const known = new Set(files);
  const imageOf = ({ path: id, origin }: QuestionRow): string => {
    if (known.has(id)) {
      return id;
    }
    const [found, second] = byName.get(path.posix.normalize(id)) ?? [];
    if (found === undefined) {
      throw missing(`an image in ${folder} that is called ${id}`, origin);
    }
    if (second !== undefined) {
      const remedy = 'Write its path from the folder, or keep one of them';
      throw expected(
        `an id of one image in ${folder}`,
        origin,
        `${id}: ${found} and ${second}`,
        remedy,
      );
    }
    return found;
  };
  return new Map(questions.map((question) => [question, imageOf(question)]));
}
