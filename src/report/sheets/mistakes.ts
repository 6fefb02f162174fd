/** Draws mistakes.jpg: wrongly classified images with what they are and what the model said. */
import { checkArgument, list, text as words } from '../../arguments.js';
import type { ByteRange } from '../../dataset/index.js';
import { caption, drawPhotoSheet, percentOf, type SheetPhoto } from './photo-sheet.js';

/** An image with a wrong prediction. */
export interface Mistake {
  /** File to show. */
  file: string;
  /** The part of the file that is the image; the whole file without it. */
  range?: ByteRange;
  /** Path to print. */
  path: string;
  truth: string;
  prediction: string;
  /** Probability the model gave its prediction, 0…1. */
  probability: number;
}

/**
 * Writes `file`, a JPEG if it is named so, else a PNG, with one tile for each mistake, in their order. Without mistakes the sheet
 * says so.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawMistakes(
  title: string,
  mistakes: readonly Mistake[],
  file: string,
): Promise<void> {
  checkArgument('title', title, words('a title'));
  checkArgument('mistakes', mistakes, list('a list of mistakes'));
  checkArgument('file', file, words('the path of a file'));
  const photos = mistakes.map(
    ({ file: image, range, path, truth, prediction, probability }): SheetPhoto => ({
      image: { path: image, ...(range && { range }) },
      path,
      captions: [caption('truth', truth), caption('said', prediction, percentOf(probability))],
    }),
  );
  await drawPhotoSheet({ title, photos, none: 'No mistakes.' }, file);
}
