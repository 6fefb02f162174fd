/** The files for all contenders: JPEGs that all of them can decode. */
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { mapConcurrently } from '../src/dataset/concurrency.js';
import { isHidden } from '../src/dataset/index.js';

/** Returns the sound JPEGs in grey or YCbCr; skips hidden files, and names the others with the reason. */
export async function soundJpegs(files: string[]): Promise<string[]> {
  const shown = files.filter((file) => !isHidden(path.basename(file)));
  console.log(`checking ${shown.length} files`);
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
      return `its format is ${format}, not JPEG`;
    }
    if (space === 'cmyk') {
      return 'its colours are CMYK, which not every decoder converts to RGB';
    }
    // Decodes the whole file at an eighth of its size; warnings count as errors.
    await sharp(file).resize(8, 8).raw().toBuffer();
    return undefined;
  } catch (error) {
    // The messages of libvips repeat over several lines.
    return (error as Error).message.split('\n')[0];
  }
}
