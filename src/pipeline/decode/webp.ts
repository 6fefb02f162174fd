/** Reads the chunks of a WebP: WebP Container Specification (RFC 9649). */
import {
  Compaction,
  cutOff,
  type DecodePlan,
  mostExifBytes,
  mostPieces,
  Refused,
} from './container.js';

const headerBytes = 12;

/** What decides the pixels: neither colour profiles nor XMP. */
const kept = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM']);

/** Bits of VP8X that announce chunks. */
const announces = { ICCP: 0x20, EXIF: 0x08, XMP: 0x04 };

/** The decoder holds the whole picture, before and after its conversion to RGBA. */
const bytesPerPixel = 8;

/** @throws Refused where the file ends before its image, or has too many chunks. */
export function planWebp(bytes: Buffer): DecodePlan {
  // The form of the first chunk: extended, lossless or lossy.
  const form = bytes.toString('latin1', 12, 16);
  if (bytes.length < (form === 'VP8L' ? 25 : 30)) {
    throw new Refused(cutOff);
  }
  const size = form === 'VP8X' ? canvasSize(bytes) : pictureSize(bytes, form);
  return { bytes: essence(bytes), ...size, bytesPerPixel };
}

function canvasSize(bytes: Buffer) {
  return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
}

function pictureSize(bytes: Buffer, form: string) {
  if (form === 'VP8L') {
    const bits = bytes.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}

/** The first frame of an animation stands for it. */
function essence(bytes: Buffer): Buffer {
  const compaction = new Compaction(bytes);
  compaction.keep(0, headerBytes);
  const announced = new Set<string>();
  const stop = Math.min(bytes.length, 8 + bytes.readUInt32LE(4));
  let frames = 0;
  let at = headerBytes;
  for (let count = 0; at + 8 <= stop; count++) {
    if (count === mostPieces) {
      throw new Refused(`has more than ${mostPieces} chunks: save it again`);
    }
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length + (length & 1);
    if (at + 8 + length > bytes.length) {
      throw new Refused(cutOff);
    }
    const wanted = type === 'ANMF' ? frames++ === 0 : kept.has(type);
    if (wanted || (type === 'EXIF' && length <= mostExifBytes)) {
      compaction.keep(at, end);
      announced.add(type);
    }
    at = end;
  }
  return relabel(compaction.kept, announced);
}

/** Writes the length of the file, and takes back the announcement of chunks that are gone. */
function relabel(bytes: Buffer, present: ReadonlySet<string>): Buffer {
  bytes.writeUInt32LE(bytes.length - 8, 4);
  if (present.has('VP8X')) {
    const gone = Object.entries(announces).filter(([type]) => !present.has(type));
    bytes[20] = gone.reduce((flags, [, bit]) => flags & ~bit, bytes[20] as number);
  }
  return bytes;
}
