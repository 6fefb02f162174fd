/** The pictures of the check: squares cut losslessly from the user's photos, and a ramp that shows where a window was. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { jpegtran, workspaceOf } from '../measure.js';

export interface CheckPictures {
  /** A folder for temporary pixels. */
  folder: string;
  /** Squares: every kind of centre crop is the same on them, and cuts nothing off. */
  squares: { files: string[]; workspace: string };
  /** Copies of one ramp: red rises along x from 0 to 255, green along y. `ratio` is its width over its height. */
  ramps: { files: string[]; workspace: string; ratio: number };
}

/** A multiple of the batch size: some contenders fill or drop a smaller last batch. */
const [batchSize, mostSquares, rampCount] = [64, 256, 512];
const [rampWidth, rampHeight] = [400, 533];

/** Makes the pictures from `files` in `folder`. */
export async function makeCheckPictures(files: string[], folder: string): Promise<CheckPictures> {
  mkdirSync(folder, { recursive: true });
  const count = Math.min(mostSquares, files.length - (files.length % batchSize));
  const squares: string[] = [];
  for (let i = 0; i < count; i++) {
    const file = files[Math.floor((i * files.length) / count)] as string;
    const square = path.join(folder, `${i}.jpg`);
    const { width, height } = await sharp(file).metadata();
    const crop = `${Math.min(width, height)}x${Math.min(width, height)}+0+0`;
    jpegtran(['-copy', 'none', '-crop', crop, '-outfile', square, file]);
    squares.push(square);
  }
  const ramp = path.join(folder, 'ramp.jpg');
  writeFileSync(ramp, await drawRamp());
  const ramps = Array.from({ length: rampCount }, () => ramp);
  return {
    folder,
    squares: { files: squares, workspace: workspaceOf(squares) },
    ramps: { files: ramps, workspace: workspaceOf(ramps), ratio: rampWidth / rampHeight },
  };
}

function drawRamp(): Promise<Buffer> {
  const pixels = Buffer.alloc(rampWidth * rampHeight * 3, 128);
  for (let i = 0; i < rampWidth * rampHeight; i++) {
    pixels[3 * i] = Math.round((255 * (i % rampWidth)) / (rampWidth - 1));
    pixels[3 * i + 1] = Math.round((255 * Math.floor(i / rampWidth)) / (rampHeight - 1));
  }
  return sharp(pixels, { raw: { width: rampWidth, height: rampHeight, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
