/** The boxes of the images that a command line names, from a file. */
import path from 'node:path';
import {
  type Box,
  type BoxUnit,
  boxesOnPhotos,
  checkPhotoExists,
  type GivenBox,
  readBoxes,
} from '../../dataset/index.js';
import { count } from '../../plural.js';

/** The boxes by the absolute paths of their images. */
export interface FoundBoxes {
  boxes: ReadonlyMap<string, Box>;
  /** Sentences about rows of other images. */
  notes: string[];
}

/** Those of a command line without a file of boxes. */
export const noBoxes: FoundBoxes = { boxes: new Map(), notes: [] };

/**
 * The boxes of `files`. Paths in the file of boxes start from the current folder, as those of the command line do.
 *
 * @throws InvalidInputError with the place of a row that does not fit, or whose image does not exist
 */
export async function findBoxes(
  files: readonly string[],
  boxFile: string,
  unit: BoxUnit,
): Promise<FoundBoxes> {
  const named = new Set(files.map((file) => path.resolve(file)));
  const marked = new Map<string, { photo: { path: string }; boxes: GivenBox[] }>();
  let others = 0;
  for await (const row of readBoxes(boxFile)) {
    const photo = path.resolve(row.path);
    if (!named.has(photo)) {
      await checkPhotoExists('', row);
      others += 1;
      continue;
    }
    const own = marked.get(photo) ?? { photo: { path: photo }, boxes: [] };
    own.boxes.push(row);
    marked.set(photo, own);
  }
  const boxes = await boxesOnPhotos([...marked.values()], unit);
  const [one, many] = [
    'box is of an image that is not named',
    'boxes are of images that are not named',
  ];
  return { boxes, notes: others > 0 ? [`${boxFile}: ${count(others, one, many)}.`] : [] };
}
