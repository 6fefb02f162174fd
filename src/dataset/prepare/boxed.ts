/** Gives the images of a source their boxes: those of its table, or those of a file. */
import path from 'node:path';
import { conflict, expected } from '../../errors.js';
import type { BoxUnit } from '../boxes/box.js';
import type { GivenBox } from '../boxes/fields.js';
import { boxesOnPhotos } from '../boxes/on-photos.js';
import { checkPhotoExists, readBoxes } from '../boxes/read.js';
import { isInside } from '../files/folders.js';
import { type ImageFile, imageName } from '../image-file.js';
import { leftOut } from '../layouts/names.js';
import type { Question } from '../types.js';
import type { HashedImage } from './duplicates.js';
import type { ReadSource } from './source.js';

/** The boxes of images, by the images' names from the source, in the source's unit. */
export interface SourceBoxes {
  boxes: Map<string, GivenBox[]>;
  /** Full sentences about boxes that are not used. */
  warnings: string[];
}

/**
 * The boxes of the table, if the source is one with boxes, or those of `file`, whose paths start from the source.
 *
 * @throws InvalidInputError with the place of a row that does not fit, or whose photo does not exist; and where both have boxes
 */
export async function boxesOf(source: ReadSource, file: string | undefined): Promise<SourceBoxes> {
  const boxes = new Map<string, GivenBox[]>();
  const add = (name: string, box: GivenBox) => {
    const own = boxes.get(name) ?? [];
    own.push(box);
    boxes.set(name, own);
  };
  for (const image of source.labelled) {
    if (image.givenBox !== undefined) {
      add(imageName(image), image.givenBox);
    }
  }
  if (file === undefined) {
    return { boxes, warnings: [] };
  }
  if (boxes.size > 0) {
    throw conflict('boxes', 'a table with boxes', 'Give the file, or the column');
  }
  const shards = new Set<string>();
  const photos = new Set(source.questions.map((question) => question.file));
  for (const { path: own, range } of source.labelled) {
    (range === undefined ? photos : shards).add(own);
  }
  const unused: string[] = [];
  for await (const row of readBoxes(file)) {
    if (photos.has(row.path)) {
      add(row.path, row);
      continue;
    }
    if (shards.has(row.path)) {
      const remedy = 'Images in shards get their boxes from a column box of a table';
      throw expected('a photo that is a file', row.place, row.path, remedy);
    }
    if (!isInside(row.path)) {
      throw expected('a path inside the source', row.place, row.path);
    }
    await checkPhotoExists(source.root, row);
    unused.push(row.place);
  }
  const why = 'of an image without a label or a question';
  const warnings = leftOut(unused, `box is ${why}`, `boxes are ${why}`);
  return { boxes, warnings };
}

interface Boxing {
  root: string;
  boxes: SourceBoxes['boxes'];
  unit: BoxUnit;
}

/** The same images and questions, those that have boxes with their union in pixels. */
export async function withBoxes<Image extends HashedImage>(
  { images, questions }: { images: readonly Image[]; questions: readonly Question[] },
  { root, boxes, unit }: Boxing,
): Promise<{ images: readonly Image[]; questions: Question[] }> {
  if (boxes.size === 0) {
    return { images, questions: [...questions] };
  }
  const located = ({ path: own, range }: ImageFile): ImageFile => ({
    path: path.resolve(root, own),
    ...(range && { range }),
  });
  const all = [...images, ...questions.map(({ file }) => ({ path: file }))];
  const marked = new Map(
    all.flatMap((image) => {
      const own = boxes.get(imageName(image));
      return own === undefined ? [] : [[imageName(image), { photo: located(image), boxes: own }]];
    }),
  );
  const found = await boxesOnPhotos([...marked.values()], unit);
  const boxOf = (image: ImageFile) => found.get(imageName(located(image)));
  return {
    images: images.map((image) => withBox(image, boxOf(image))),
    questions: questions.map((question) => withBox(question, boxOf({ path: question.file }))),
  };
}

const withBox = <Kind extends object>(of: Kind, box: Question['box']): Kind =>
  box === undefined ? of : { ...of, box };
