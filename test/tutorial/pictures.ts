/** The pictures of the tutorial: what Bobbin drew as it was followed, made small for the page. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../../scripts/root.mjs';
import { seen } from './browse.js';

interface Picture {
  /** Below the reader's folder. */
  from: string;
  /** Below docs/pictures. */
  to: string;
  /** Pixels; a picture that is narrower stays as it is. */
  width: number;
}

const pictures: Picture[] = [
  { from: 'preview.jpg', to: 'preview.jpg', width: 960 },
  { from: 'run/skirt_length_labels/curves.png', to: 'curves.png', width: 1200 },
  { from: 'run/skirt_length_labels/confusion.png', to: 'confusion.png', width: 800 },
  { from: 'run/skirt_length_labels/mistakes.jpg', to: 'mistakes.jpg', width: 1200 },
  { from: seen, to: 'page.jpg', width: 900 },
];

/** Writes docs/pictures from what a reader has in `folder` at the end. */
export async function drawPictures(folder: string): Promise<void> {
  const out = path.join(packageRoot, 'docs/pictures');
  await mkdir(out, { recursive: true });
  for (const { from, to, width } of pictures) {
    const small = sharp(path.join(folder, from)).resize({ width, withoutEnlargement: true });
    const written = to.endsWith('.png')
      ? small.png({ palette: true, colours: 64 })
      : small.jpeg({ quality: 78, mozjpeg: true });
    await written.toFile(path.join(out, to));
  }
}
