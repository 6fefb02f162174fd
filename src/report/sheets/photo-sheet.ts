/** Draws a sheet of photos, each with a few lines below it. */
import type { OverlayOptions } from 'sharp';
import { type ImageFile, imageName } from '../../dataset/index.js';
import { fitted, textWidth } from '../charts/text-width.js';
import { ink, savePicture, text, titleAt, titleWidth } from './drawing.js';
import { placed, thumbnail, tile } from './tiles.js';

/** A photo of a sheet. */
export interface SheetPhoto {
  /** To show. */
  image: ImageFile;
  /** To print. */
  path: string;
  /** What is said of it, and what stands against that. */
  captions: [right: string, wrong: string];
}

const gap = 20;
const header = 60;
const pitch = { x: tile + gap, y: tile + 66 };

/** Writes `file`, a JPEG if it is named so, else a PNG, with a tile for each photo, in their order; `none` is said if there are none. */
export async function drawPhotoSheet(
  { title, photos, none }: { title: string; photos: readonly SheetPhoto[]; none: string },
  file: string,
): Promise<void> {
  const columns = Math.min(6, Math.max(4, photos.length));
  const elements = [titleAt(gap, title)];
  const overlays: OverlayOptions[] = [];
  if (photos.length === 0) {
    elements.push(text(gap, 90, none, { colour: ink.quiet }));
  }
  for (const [index, photo] of photos.entries()) {
    const x = gap + (index % columns) * pitch.x;
    const y = header + Math.floor(index / columns) * pitch.y;
    elements.push(...captionOf(photo, x, y + tile));
    overlays.push(placed(await thumbnail(photo.image), x, y));
  }
  const rows = Math.max(1, Math.ceil(photos.length / columns));
  const width = Math.max(gap + columns * pitch.x, titleWidth(title) + 2 * gap);
  const height = header + rows * pitch.y + gap;
  await savePicture({ width, height, title, elements, overlays }, file);
}

const small = { size: 10 };

/** `said: Notched 93 %`: of a name that does not fit below a photo, the middle is left out. */
export function caption(before: string, name: string, after = ''): string {
  const around = textWidth(`${before}: ${after}`);
  return `${before}: ${fitted(name, tile - around)} ${after}`.trimEnd();
}

function captionOf({ image, path, captions }: SheetPhoto, x: number, y: number): string[] {
  const [right, wrong] = captions;
  return [
    text(x, y + 16, fitted(imageName({ ...image, path }), tile, small), {
      ...small,
      colour: ink.quiet,
    }),
    text(x, y + 32, right, { size: 12, colour: ink.right }),
    text(x, y + 48, wrong, { size: 12, colour: ink.wrong }),
  ];
}

/** `93 %` */
export const percentOf = (probability: number): string =>
  `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`;
