/** Parts of all sheets: text, and writing a sheet whole or not at all. */
import type { OverlayOptions } from 'sharp';
import { escapeMarkup } from '../../html.js';
import { svgOf } from '../charts/render.js';
import { textWidth } from '../charts/text-width.js';
import { bold as boldWeight, ink } from '../charts/theme.js';
import { paint } from '../paint.js';

export { ink };

/** The style of a text whose left end lies at (x, y). */
export interface TextStyle {
  size?: number;
  colour?: string;
  bold?: boolean;
}

/** One SVG text element, escaped. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 13, colour = ink.text, bold = false } = style;
  const weight = bold ? ` font-weight="${boldWeight}"` : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${weight}>${escapeMarkup(content)}</text>`;
}

/** A drawing on white paper, `width` × `height` units. */
export interface Drawing {
  width: number;
  height: number;
  title: string;
  /** SVG elements, in painting order. */
  elements: string[];
  /** Pictures painted over the elements. Their positions are in pixels. */
  overlays?: OverlayOptions[];
}

const titleStyle = { size: 17, bold: true };

/** The title at the upper left. */
export const titleAt = (x: number, title: string): string => text(x, 34, title, titleStyle);

/** The width that a title takes, in units. */
export const titleWidth = (title: string): number => Math.ceil(textWidth(title, titleStyle));

/** Paints `drawing` and writes it to `file` whole: a JPEG if the file is named so, else a PNG. */
export const savePicture = async ({ overlays, ...drawing }: Drawing, file: string): Promise<void> =>
  await paint(svgOf({ ...drawing, description: '' }), file, overlays);
