/** Parts of all pictures: colours, escaped text, and writing a picture whole or not at all. */

import sharp, { type OverlayOptions } from 'sharp';
import { writeWhole } from '../disk/index.js';
import { displayWidth } from '../width.js';

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

/** The later ones have the characters that the first ones lack; `doctor` says where the machine has none of them. */
const fonts =
  'DejaVu Sans, Liberation Sans, Helvetica, Arial, Noto Sans, Noto Sans CJK SC, Symbola, sans-serif';

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

/** `text` with emoji as outlines of one colour: of fonts with coloured ones librsvg draws only fragments. */
export const asOutlines = (text: string): string =>
  text.replaceAll('\ufe0f', '').replace(/\p{Emoji_Presentation}/gu, '$&\ufe0e');

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
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}${rotation}>${escapeXml(asOutlines(content))}</text>`;
}

/** About how many units wide `content` is drawn. */
export const unitsOf = (content: string, { size = 13, bold = false }: TextStyle = {}): number =>
  displayWidth(content) * size * (bold ? 0.68 : 0.61);

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
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${fonts}">`,
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
