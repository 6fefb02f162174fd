/** Paints an SVG document as a picture: the same letters on every machine, whatever fonts it has. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';
import { writeWhole } from '../disk/index.js';
import { withLightColours } from './charts/theme.js';

/** Pixels of one unit of a drawing: text stays sharp on screens with two device pixels for each CSS pixel. */
export const pixelDensity = 2;

const openSans = {
  regular: '@expo-google-fonts/open-sans/400Regular/OpenSans_400Regular.ttf',
  bold: '@expo-google-fonts/open-sans/600SemiBold/OpenSans_600SemiBold.ttf',
};

/** `text` with emoji as outlines of one colour: of fonts with coloured ones librsvg draws only fragments. */
export const asOutlines = (text: string): string =>
  text.replaceAll('\ufe0f', '').replace(/\p{Emoji_Presentation}/gu, '$&\ufe0e');

/** From here, in the sources as in `dist`. */
const settings = '../../scripts/fonts/fonts.conf';

let added: Promise<void> | undefined;

/**
 * Paints the document `svg` at twice its size and writes it to `file` whole: a JPEG if the file is named so, else a PNG. Letters
 * that Open Sans lacks, such as Chinese ones, come from the fonts of the machine.
 *
 * @param overlays pictures painted over it; their positions are in pixels: units × {@link pixelDensity}
 */
export async function paint(
  svg: string,
  file: string,
  overlays: OverlayOptions[] = [],
): Promise<void> {
  added ??= addFonts();
  await added;
  const document = Buffer.from(asOutlines(withLightColours(svg)));
  const painted = sharp(document, { density: 72 * pixelDensity }).composite(overlays);
  const encoded = /\.jpe?g$/i.test(file) ? painted.jpeg({ quality: 85 }) : painted.png();
  await writeWhole(file, await encoded.toBuffer());
}

/** A line of text with a font's file makes the font known to all that libvips draws from then on, SVG too. */
async function addFonts(): Promise<void> {
  const { FONTCONFIG_FILE, FONTCONFIG_PATH } = process.env;
  if ((FONTCONFIG_FILE ?? FONTCONFIG_PATH) === undefined && !existsSync('/etc/fonts/fonts.conf')) {
    // Without settings, fontconfig complains on the terminal.
    process.env.FONTCONFIG_FILE = fileURLToPath(new URL(settings, import.meta.url));
  }
  const { resolve } = createRequire(import.meta.url);
  for (const file of Object.values(openSans)) {
    const text = { text: 'a', font: 'Open Sans', fontfile: resolve(file) };
    await sharp({ text }).raw().toBuffer();
  }
}
