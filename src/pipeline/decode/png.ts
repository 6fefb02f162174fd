/** Reads the chunks of a PNG: Portable Network Graphics, third edition (W3C 2025). */
import {
  Compaction,
  cutOff,
  type DecodePlan,
  mostExifBytes,
  mostPieces,
  Refused,
} from './container.js';

const signatureBytes = 8;
/** Length, type and checksum. */
const chunkOverhead = 12;

/** Compressed data take little more than the pixels. The decoder would inflate all that follows them. */
const spareDataBytes = 1 << 16;

/** What decides the pixels. Text, colour profiles and gamma do not; frames of an animation follow the first image. */
const kept = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

const channelsOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** @throws Refused where the file ends before its image, or has too many chunks. */
export function planPng(bytes: Buffer): DecodePlan {
  if (bytes.length < signatureBytes + chunkOverhead + 13) {
    throw new Refused(cutOff);
  }
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const [depth = 0, color = 0, , , interlaced = 0] = bytes.subarray(24, 29);
  const stored = ((channelsOf[color] ?? 4) * depth) / 8;
  // Rows come in their order unless they are interlaced; then the decoder keeps the whole image until its RGB is copied.
  const bytesPerPixel = interlaced === 0 ? 0 : stored + 3;
  const mostDataBytes = 2 * stored * width * height + spareDataBytes;
  return { bytes: essence(bytes, mostDataBytes), width, height, bytesPerPixel };
}

function essence(bytes: Buffer, mostDataBytes: number): Buffer {
  const compaction = new Compaction(bytes);
  compaction.keep(0, signatureBytes);
  let dataBytes = 0;
  for (const { type, length, start, end } of chunks(bytes)) {
    if (kept.has(type) || (type === 'eXIf' && length <= mostExifBytes)) {
      compaction.keep(start, end);
    }
    dataBytes += type === 'IDAT' ? length : 0;
    if (dataBytes > mostDataBytes) {
      throw new Refused('is a damaged PNG: it has more data than its pixels take');
    }
  }
  return compaction.kept;
}

/** The chunks up to IEND. Each is passed before it is moved. */
function* chunks(bytes: Buffer) {
  let at = signatureBytes;
  for (let count = 0; at < bytes.length; count++) {
    if (count === mostPieces) {
      throw new Refused(`has more than ${mostPieces} chunks: save it again`);
    }
    const length = at + chunkOverhead > bytes.length ? bytes.length : bytes.readUInt32BE(at);
    const [start, end] = [at, at + chunkOverhead + length];
    if (end > bytes.length) {
      throw new Refused(cutOff);
    }
    const type = bytes.toString('latin1', start + 4, start + 8);
    yield { type, length, start, end };
    at = type === 'IEND' ? bytes.length : end;
  }
}
