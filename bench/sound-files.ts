/** The files that contenders are given: JPEGs that all of them can decode. */
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { mapConcurrently } from '../src/dataset/concurrency.js';
import { isHidden } from '../src/dataset/index.js';

/** Those of `files` that are sound JPEGs of grey or YCbCr; hidden ones are passed over, the others named with the reason. */
export async function soundJpegs(files: string[]): Promise<string[]> {
  const shown = files.filter((file) => !isHidden(path.basename(file)));
  console.log(`looking at ${shown.length} files`);
  const reasons = await mapConcurrently(shown, os.availableParallelism(), complaintAbout);
  for (const [index, reason] of reasons.entries()) {
    if (reason !== undefined) {
      console.log(`left out: ${shown[index]}: ${reason}`);
    }
  }
  return shown.filter((_, index) => reasons[index] === undefined);
}

async function complaintAbout(file: string): Promise<string | undefined> {
  try {
    const { format, space } = await sharp(file).metadata();
    if (format !== 'jpeg') {
      return `it is no JPEG but ${format}`;
    }
    if (space === 'cmyk') {
      return 'it has the colours of print, CMYK, which not every decoder turns to RGB';
    }
    // All of it is read, at an eighth of its size; warnings count as errors.
    await sharp(file).resize(8, 8).raw().toBuffer();
    return undefined;
  } catch (error) {
    // libvips repeats itself over several lines.
    return (error as Error).message.split('\n')[0];
  }
}
