/** Finds the first image of a GIF: Graphics Interchange Format, version 89a (CompuServe 1990). */
import { Compaction, cutOff, type DecodePlan, Refused } from './container.js';

const screenBytes = 13;
const imageBytes = 10;
const extension = 0x21;
const image = 0x2c;
const trailer = 0x3b;
/** Of an extension: the frame's transparent colour and how it is disposed of. */
const graphicControl = 0xf9;

/** A canvas of RGBA, and the decoder's copy of it. */
const bytesPerPixel = 8;

/** @throws Refused where the file ends before its first image does. */
export function planGif(bytes: Buffer): DecodePlan {
  if (bytes.length < screenBytes) {
    throw new Refused(cutOff);
  }
  const compaction = new Compaction(bytes);
  let at = screenBytes + paletteBytes(bytes[10] as number);
  compaction.keep(0, at);
  while (bytes[at] === extension) {
    const end = endOfBlocks(bytes, at + 2);
    if (bytes[at + 1] === graphicControl) {
      compaction.keep(at, end);
    }
    at = end;
  }
  if (bytes[at] === trailer) {
    throw new Refused('has no image');
  }
  if (bytes[at] !== image || at + imageBytes > bytes.length) {
    throw new Refused(at + imageBytes > bytes.length ? cutOff : 'is a damaged GIF');
  }
  const [left, top, wide, high] = [1, 3, 5, 7].map((from) => bytes.readUInt16LE(at + from)) as [
    number,
    number,
    number,
    number,
  ];
  const local = imageBytes + paletteBytes(bytes[at + 9] as number);
  // The codes begin with their size, a byte.
  compaction.keep(at, endOfBlocks(bytes, at + local + 1));
  return {
    bytes: Buffer.concat([compaction.kept, Buffer.from([trailer])]),
    width: Math.max(bytes.readUInt16LE(6), left + wide),
    height: Math.max(bytes.readUInt16LE(8), top + high),
    bytesPerPixel,
  };
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

/** Where the blocks that begin at `at` end; each has its length in front, and an empty one is the last. */
function endOfBlocks(bytes: Buffer, at: number): number {
  let next = at;
  while (next < bytes.length) {
    const length = bytes[next] as number;
    next += 1 + length;
    if (length === 0) {
      return next;
    }
  }
  throw new Refused(cutOff);
}
