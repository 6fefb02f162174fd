/** The number of pixels that the headers of an image claim. */
import { sizeOfBytes } from '../dataset/index.js';
import { isJpeg } from '../pipeline/index.js';

/** Undefined for BMP, Netpbm, and what cannot be read: the decoder says why, and has limits of its own. */
export async function pixelsOf(bytes: Buffer): Promise<number | undefined> {
  // sharp would take longer for the headers than Bobbin for the image.
  if (isJpeg(bytes)) {
    return pixelsOfJpeg(bytes);
  }
  const size = await sizeOfBytes(bytes);
  return size && size.width * size.height;
}

/** Markers without a length (ITU-T T.81, B.1.1.3): the start of the image, restarts, and one for arithmetic codes. */
const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** The frame header's marker: SOF0 … SOF15, among which are those of Huffman tables, extensions and arithmetic conditions. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Goes from marker to marker as libjpeg does, which passes over bytes that are none. */
function pixelsOfJpeg(bytes: Buffer): number | undefined {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    while (at >= 0 && bytes[at] === 0xff) {
      at += 1;
    }
    const marker = bytes[at];
    at += 1;
    if (marker === undefined || marker === 0xd9 || marker === 0xda || at + 7 > bytes.length) {
      return undefined;
    }
    if (isFrame(marker)) {
      return bytes.readUInt16BE(at + 3) * bytes.readUInt16BE(at + 5);
    }
    if (marker !== 0 && !isAlone(marker)) {
      at += bytes.readUInt16BE(at);
    }
  }
}
