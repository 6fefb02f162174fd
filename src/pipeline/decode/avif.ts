/** Reads the size of an AVIF: image properties of ISO/IEC 23008-12, in the boxes of ISO/IEC 14496-12. */
import { cutOff, type DecodePlan, mostPieces, Refused } from './container.js';

/** The boxes around the sizes, from the outside to the inside, and the bytes in front of their content. */
const path: readonly [type: string, extraBytes: number][] = [
  ['meta', 4],
  ['iprp', 0],
  ['ipco', 0],
];

/** Planes of luma and chroma with up to 12 bits, the decoder's own, and their conversion to RGB. */
const bytesPerPixel = 13;

/**
 * What a core decodes in about two seconds at most: 0.1 s for a million pixels, and 0.2 s for a megabyte of data. A photo of
 * 12 megapixels has 1 to 4 MB.
 */
const mostPixels = 4096 * 3072;
const mostBytes = 6 * 2 ** 20;

/** @throws Refused where the file ends before its image does, states no size, or has too many bytes. */
export function planAvif(bytes: Buffer): DecodePlan {
  if (bytes.length > mostBytes) {
    throw new Refused(
      `has ${bytes.length} bytes, more than the ${mostBytes} allowed in AVIF: save it with a lower quality, or convert it to JPEG`,
    );
  }
  const properties = path.reduce<Buffer>((outer, [type, extraBytes]) => {
    const inner = [...boxes(outer)].find((box) => box.type === type);
    if (!inner) {
      throw new Refused(type === 'meta' ? cutOff : `is a damaged AVIF: it has no box ${type}`);
    }
    return inner.content.subarray(extraBytes);
  }, bytes);
  let size = { width: 0, height: 0 };
  for (const { type, content } of boxes(properties)) {
    if (type !== 'ispe' || content.length < 12) {
      continue;
    }
    const next = { width: content.readUInt32BE(4), height: content.readUInt32BE(8) };
    // The decoder refuses a picture that is larger than its stated size. The others are tiles or thumbnails.
    if (next.width * next.height > size.width * size.height) {
      size = next;
    }
  }
  if (size.width * size.height === 0) {
    throw new Refused('is a damaged AVIF: it states no size');
  }
  return { bytes, ...size, bytesPerPixel, mostPixels };
}

/** The boxes that follow each other in `bytes`. */
function* boxes(bytes: Buffer): Generator<{ type: string; content: Buffer }> {
  let at = 0;
  for (let count = 0; at + 8 <= bytes.length; count++) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const short = bytes.readUInt32BE(at);
    const long = short === 1 && at + 16 <= bytes.length;
    const header = long ? 16 : 8;
    // The size 0 stands for all the rest.
    const size = long ? Number(bytes.readBigUInt64BE(at + 8)) : short || bytes.length - at;
    if (size < header || size > bytes.length - at || count === mostPieces) {
      throw new Refused(size > bytes.length - at ? cutOff : 'is a damaged AVIF: its boxes overlap');
    }
    yield { type, content: bytes.subarray(at + header, at + size) };
    at += size;
  }
}
