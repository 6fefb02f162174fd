/** Parts of all pictures: colours, escaped text, and writing a picture whole or not at all. */

import sharp, { type OverlayOptions } from 'sharp';
import { writeWhole } from '../disk/index.js';

/** Colours that colour-blind readers can distinguish, also in grey print. */
export const ink = {
  paper: '#ffffff',
  text: '#1d2733',
  quiet: '#667085',
  grid: '#e4e7ec',
  first: '#1f6fb5',
  second: '#d9711c',
  right: '#1b7f4d',
  wrong: '#b42318',
} as const;

/** Pixels of one drawing unit: text stays sharp on screens with two device pixels for each CSS pixel. */
export const pixelDensity = 2;

/** `text` with XML's five reserved characters as entities and with spaces for control characters. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return text
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** The style of a text; `anchor` is the part of it that lies at (x, y). */
export interface TextStyle {
  size?: number;
  colour?: string;
  anchor?: 'start' | 'middle' | 'end';
  bold?: boolean;
  /** Degrees, clockwise, about (x, y). */
  turn?: number;
}

/** One SVG text element, escaped. */
export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 13, colour = ink.text, anchor = 'start', bold = false, turn = 0 } = style;
  const weight = bold ? ' font-weight="bold"' : '';
  const rotation = turn === 0 ? '' : ` transform="rotate(${turn} ${x} ${y})"`;
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}${rotation}>${escapeXml(content)}</text>`;
}

/** `content` shortened in its middle to at most `length` characters: both ends of a path are informative. */
export function shorten(content: string, length: number): string {
  if (content.length <= length) {
    return content;
  }
  const head = Math.ceil((length - 1) / 2);
  return `${content.slice(0, head)}…${content.slice(content.length - (length - 1 - head))}`;
}

/** A drawing on white paper, `width` × `height` units. */
export interface Drawing {
  width: number;
  height: number;
  /** SVG elements, in painting order. */
  elements: string[];
  /** Pictures painted over the elements. Their positions are in pixels: units × {@link pixelDensity}. */
  overlays?: OverlayOptions[];
}

/** The SVG document of a drawing; overlays are not part of it. */
export function toSvg({ width, height, elements }: Drawing): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Liberation Sans, Helvetica, Arial, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${ink.paper}"/>`,
    ...elements,
    '</svg>',
  ].join('\n');
}

/** Paints `drawing` at twice its size and writes it to `file` whole: a JPEG if the file is named so, else a PNG. */
export async function savePicture(drawing: Drawing, file: string): Promise<void> {
  const painted = sharp(Buffer.from(toSvg(drawing)), { density: 72 * pixelDensity });
  painted.composite(drawing.overlays ?? []);
  const encoded = /\.jpe?g$/i.test(file) ? painted.jpeg({ quality: 85 }) : painted.png();
  await writeWhole(file, await encoded.toBuffer());
}
