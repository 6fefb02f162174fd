/** Draws sheets of small pictures with captions: a model's worst mistakes, and augmented views of images. */
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { type ByteRange, type ImageFile, imageName, readImage } from '../dataset/index.js';
import { isJpeg, mostFileBytes, OtherFormat, type Preprocessing } from '../pipeline/index.js';
import { ink, pixelDensity, savePicture, shorten, text } from './drawing.js';

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

const tile = 180;
const gap = 20;
const header = 60;
/** Of a JPEG, which sharp holds whole if it is progressive. */
const mostJpegPixels = 2 ** 26;

/** Writes the PNG `file` with one tile for each mistake, in their order. Without mistakes the sheet says so. */
export async function drawMistakes(
  title: string,
  mistakes: Mistake[],
  file: string,
): Promise<void> {
  const columns = Math.min(6, Math.max(4, mistakes.length));
  const pitch = { x: tile + gap, y: tile + 66 };
  const elements = [text(gap, 34, title, { size: 17, bold: true })];
  const overlays: OverlayOptions[] = [];
  if (mistakes.length === 0) {
    elements.push(text(gap, 90, 'No mistakes.', { colour: ink.quiet }));
  }
  for (const [index, mistake] of mistakes.entries()) {
    const x = gap + (index % columns) * pitch.x;
    const y = header + Math.floor(index / columns) * pitch.y;
    const percent = `${(100 * mistake.probability).toFixed(0)} %`;
    elements.push(
      text(x, y + tile + 16, shorten(imageName(mistake), 30), { size: 10, colour: ink.quiet }),
      text(x, y + tile + 32, `truth: ${shorten(mistake.truth, 20)}`, {
        size: 12,
        colour: ink.right,
      }),
      text(x, y + tile + 48, `said: ${shorten(mistake.prediction, 14)} ${percent}`, {
        size: 12,
        colour: ink.wrong,
      }),
    );
    overlays.push(placed(await thumbnail({ ...mistake, path: mistake.file }), x, y));
  }
  const rows = Math.max(1, Math.ceil(mistakes.length / columns));
  const width = gap + columns * pitch.x;
  await savePicture({ width, height: header + rows * pitch.y + gap, elements, overlays }, file);
}

/** Rendered images in the form of the model's input: `pixels` is [images, variants, crop, crop, 3], float32, normalised. */
export interface AugmentationSheet {
  title: string;
  pixels: Float32Array;
  variants: number;
  preprocessing: Preprocessing;
  /** For each row the original image, drawn whole before its variants. */
  originals?: { image: ImageFile; caption: string }[];
}

/**
 * Writes `file`, a JPEG if it is named so, else a PNG, with a row for each image and a column for each variant. Colours
 * are converted back to 0…255.
 */
export async function drawAugmentations(sheet: AugmentationSheet, file: string): Promise<void> {
  const { variants, preprocessing, originals = [] } = sheet;
  const { crop } = preprocessing;
  const values = crop * crop * 3;
  const images = sheet.pixels.length / values;
  const rows = Math.ceil(images / variants);
  const before = originals.length > 0 ? 1 : 0;
  const pitch = { x: tile + 8, y: tile + (before ? 28 : 8) };
  const place = (column: number, row: number) => {
    return [gap + column * pitch.x, header + row * pitch.y] as const;
  };
  const elements = [text(gap, 34, sheet.title, { size: 17, bold: true })];
  const overlays: OverlayOptions[] = [];
  for (const [row, { image, caption }] of originals.entries()) {
    const [x, y] = place(0, row);
    elements.push(text(x, y + tile + 15, shorten(caption, 28), { size: 11 }));
    overlays.push(placed(await thumbnail(image), x, y));
  }
  for (let index = 0; index < images; index++) {
    const pixels = sheet.pixels.subarray(index * values, (index + 1) * values);
    const [x, y] = place(before + (index % variants), Math.floor(index / variants));
    const bytes = toBytes(pixels, preprocessing);
    const picture = sharp(bytes, { raw: { width: crop, height: crop, channels: 3 } });
    overlays.push(placed(await tileOf(picture), x, y));
  }
  const [width, height] = place(before + variants, rows);
  await savePicture({ width: width + gap, height: height + gap, elements, overlays }, file);
}

/** A tile of the image, upright and with its stored numbers; grey if the image cannot be read, or is too large for this. */
async function thumbnail(image: ImageFile): Promise<Buffer> {
  try {
    return await tileOf(await open(image));
  } catch {
    return await tileOf(
      sharp({ create: { width: 1, height: 1, channels: 3, background: '#98a2b3' } }),
    );
  }
}

async function open(image: ImageFile): Promise<Sharp> {
  const bytes = await readImage(image, mostFileBytes);
  if (isJpeg(bytes)) {
    const limitInputPixels = mostJpegPixels;
    return sharp(bytes, { autoOrient: true, failOn: 'none', ignoreIcc: true, limitInputPixels });
  }
  const { rgb, width, height } = await OtherFormat.of(bytes).decode();
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

async function tileOf(picture: Sharp): Promise<Buffer> {
  const side = tile * pixelDensity;
  return await picture
    .resize(side, side, { fit: 'contain', background: '#f2f4f7' })
    .png()
    .toBuffer();
}

const placed = (input: Buffer, x: number, y: number): OverlayOptions => ({
  input,
  left: x * pixelDensity,
  top: y * pixelDensity,
});

function toBytes(pixels: Float32Array, { mean, std, channels }: Preprocessing): Uint8Array {
  const bytes = new Uint8ClampedArray(pixels.length);
  for (let index = 0; index < pixels.length; index++) {
    const channel = index % 3;
    const target = channels === 'rgb' ? index : index - channel + (2 - channel);
    bytes[target] =
      (pixels[index] as number) * (std[channel] as number) + (mean[channel] as number);
  }
  return new Uint8Array(bytes.buffer);
}
