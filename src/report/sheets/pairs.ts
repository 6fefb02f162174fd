/** Draws pairs of images that are nearly the same, side by side, with the cosine of their features. */
import type { OverlayOptions } from 'sharp';
import { checkArgument, list, text as words } from '../../arguments.js';
import { type ImageFile, imageName } from '../../dataset/index.js';
import { fitted } from '../charts/text-width.js';
import { ink, savePicture, text, titleAt, titleWidth } from './drawing.js';
import { placed, thumbnail, tile } from './tiles.js';

/** Two images, and what each of them is. */
export interface ImagePair {
  images: readonly [ImageFile, ImageFile];
  captions: readonly [string, string];
  /** Of their features, −1…1. */
  cosine: number;
}

const gap = 24;
/** Between the two images of a pair. */
const seam = 4;
const header = 60;
const columns = 3;
const small = { size: 10 };
const pitch = { x: 2 * tile + seam + gap, y: tile + 66 };

/**
 * Writes `file`, a JPEG if it is named so, else a PNG, with the pairs in their order. Without pairs the sheet says so.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawPairs(
  title: string,
  pairs: readonly ImagePair[],
  file: string,
): Promise<void> {
  checkArgument('title', title, words('a title'));
  checkArgument('pairs', pairs, list('a list of pairs'));
  checkArgument('file', file, words('the path of a file'));
  const elements = [titleAt(gap, title)];
  const overlays: OverlayOptions[] = [];
  if (pairs.length === 0) {
    elements.push(text(gap, 90, 'No pairs.', { colour: ink.quiet }));
  }
  for (const [index, { images, captions, cosine }] of pairs.entries()) {
    const left = gap + (index % columns) * pitch.x;
    const y = header + Math.floor(index / columns) * pitch.y;
    elements.push(text(left, y + tile + 48, `cosine ${cosine.toFixed(3)}`, { size: 12 }));
    for (const [place, image] of images.entries()) {
      const x = left + place * (tile + seam);
      elements.push(
        text(x, y + tile + 16, fitted(imageName(image), tile, small), {
          ...small,
          colour: ink.quiet,
        }),
        text(x, y + tile + 32, fitted(captions[place] as string, tile), { size: 12 }),
      );
      overlays.push(placed(await thumbnail(image), x, y));
    }
  }
  const rows = Math.max(1, Math.ceil(pairs.length / columns));
  const width = Math.max(gap + columns * pitch.x, titleWidth(title) + 2 * gap);
  const height = header + rows * pitch.y + gap;
  await savePicture({ width, height, title, elements, overlays }, file);
}
