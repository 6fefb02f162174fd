/** Draws mistakes.jpg: wrongly classified images with what they are and what the model said. */
import type { OverlayOptions } from 'sharp';
import { checkArgument, list, text as words } from '../arguments.js';
import { type ByteRange, imageName } from '../dataset/index.js';
import { shorten } from '../width.js';
import { ink, savePicture, text } from './drawing.js';
import { placed, thumbnail, tile } from './tiles.js';

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

const gap = 20;
const header = 60;
const pitch = { x: tile + gap, y: tile + 66 };

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
  const columns = Math.min(6, Math.max(4, mistakes.length));
  const elements = [text(gap, 34, title, { size: 17, bold: true })];
  const overlays: OverlayOptions[] = [];
  if (mistakes.length === 0) {
    elements.push(text(gap, 90, 'No mistakes.', { colour: ink.quiet }));
  }
  for (const [index, mistake] of mistakes.entries()) {
    const x = gap + (index % columns) * pitch.x;
    const y = header + Math.floor(index / columns) * pitch.y;
    elements.push(...caption(mistake, x, y + tile));
    overlays.push(placed(await thumbnail({ ...mistake, path: mistake.file }), x, y));
  }
  const rows = Math.max(1, Math.ceil(mistakes.length / columns));
  const width = gap + columns * pitch.x;
  await savePicture({ width, height: header + rows * pitch.y + gap, elements, overlays }, file);
}

function caption(mistake: Mistake, x: number, y: number): string[] {
  const percent = `${(100 * mistake.probability).toFixed(mistake.probability < 0.1 ? 1 : 0)} %`;
  return [
    text(x, y + 16, shorten(imageName(mistake), 30), { size: 10, colour: ink.quiet }),
    text(x, y + 32, `truth: ${shorten(mistake.truth, 18)}`, { size: 12, colour: ink.right }),
    text(x, y + 48, `said: ${shorten(mistake.prediction, 13)} ${percent}`, {
      size: 12,
      colour: ink.wrong,
    }),
  ];
}
