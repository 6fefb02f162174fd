/** Says what a file is, by its content alone: its name may be wrong. */

/** The formats that Bobbin decodes beside JPEG. */
export type Format = 'PNG' | 'WebP' | 'GIF' | 'TIFF' | 'AVIF' | 'BMP' | 'Netpbm';

/** First bytes, in which `*` stands for any byte, and what begins with them. */
type Beginnings<Name extends string> = readonly (readonly [start: string, name: Name])[];

const formats: Beginnings<Format> = [
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['RIFF****WEBPVP8', 'WebP'],
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  // With the size of its second header, since many texts begin with these two letters.
  ['BM*************\0\0\0', 'BMP'],
  ...[1, 2, 3, 4, 5, 6].flatMap((form) =>
    [...'\n\r\t #'].map((next) => [`P${form}${next}`, 'Netpbm'] as const),
  ),
];

const pictures: Beginnings<string> = [
  ['\0\0\x01\0', 'an icon (ICO)'],
  ['8BPS', 'a Photoshop document'],
  ['II+\0', 'a BigTIFF image'],
  ['MM\0+', 'a BigTIFF image'],
  ['IIU\0', 'a camera raw image'],
  ['IIRO', 'a camera raw image'],
  ['FUJIFILMCCD-RAW', 'a camera raw image'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'a JPEG 2000 image'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 image'],
  ['\0\0\0\x0cJXL \r\n\x87\n', 'a JPEG XL image'],
  ['\xff\x0a', 'a JPEG XL image'],
  ['\x08\xf2\xa6\xb6', 'a libvips image'],
  ['\xb6\xa6\xf2\x08', 'a libvips image'],
  ['qoif', 'a QOI image'],
  ['\x76\x2f\x31\x01', 'an OpenEXR image'],
  ['%PDF', 'a PDF document'],
];

const otherFiles: Beginnings<string> = [
  ['PK\x03\x04', 'a zip archive'],
  ['PK\x05\x06', 'a zip archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x28\xb5\x2f\xfd', 'a zstd archive'],
  ['\xfd7zXZ\0', 'an xz archive'],
  ['PAR1', 'a Parquet file'],
  ['\x93NUMPY', 'a NumPy array'],
  ['\x1a\x45\xdf\xa3', 'a video'],
  ['\0\0\x01\xba', 'a video'],
  ['RIFF****AVI ', 'a video'],
  ['RIFF****WAVE', 'a sound'],
  ['OggS', 'a sound'],
  ['ID3', 'a sound'],
];

/** Bytes at the beginning of a file that show what it is. */
const shownBytes = 1024;

/** Whether Bobbin's own decoder reads `bytes`, as in native/core/decode/jpeg.h. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** The format of `bytes`, a whole file; undefined if Bobbin does not decode it: see {@link refusalOf}. */
export function formatOf(bytes: Buffer): Format | undefined {
  return named(formats, bytes) ?? (/avi[fs]/.test(brandsOf(bytes)) ? 'AVIF' : undefined);
}

/** Why `bytes`, a whole file of no format that Bobbin decodes, are refused, and what to do. */
export function refusalOf(bytes: Buffer): string {
  if (bytes.length === 0) {
    return 'is empty';
  }
  const picture = named(pictures, bytes) ?? pictureOf(bytes);
  if (picture !== undefined) {
    return `is ${picture}, which Bobbin does not read: convert it to PNG or JPEG`;
  }
  const text = textOf(bytes);
  if (text?.startsWith('version https://git-lfs')) {
    return 'is a Git LFS pointer: fetch the file itself with `git lfs pull`';
  }
  return `is ${otherName(bytes, text)}, not an image`;
}

function pictureOf(bytes: Buffer): string | undefined {
  const brands = brandsOf(bytes);
  if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) {
    return 'a HEIC image';
  }
  if (/crx /.test(brands)) {
    return 'a camera raw image';
  }
  if (/^P[7fF]\s/.test(bytes.toString('latin1', 0, 3))) {
    return 'a PAM or PFM image';
  }
  return /<svg[\s>:]|<!doctype svg/i.test(textOf(bytes) ?? '') ? 'an SVG drawing' : undefined;
}

function otherName(bytes: Buffer, text: string | undefined): string {
  if (text !== undefined) {
    const html = /^\s*<(!doctype html|html|head|body|title|script|meta)/i.test(text);
    return html ? 'HTML' : 'text';
  }
  if (bytes.subarray(0, shownBytes).every((byte) => byte === 0)) {
    return 'only zeros';
  }
  if (brandsOf(bytes) !== '') {
    return 'a video';
  }
  const tar = bytes.toString('latin1', 257, 262) === 'ustar';
  return named(otherFiles, bytes) ?? (tar ? 'a tar archive' : 'data of an unknown format');
}

function named<Name extends string>(list: Beginnings<Name>, bytes: Buffer): Name | undefined {
  const fits = (start: string) =>
    [...start].every((byte, index) => byte === '*' || bytes[index] === byte.charCodeAt(0));
  return list.find(([start]) => fits(start))?.[1];
}

/** The brands of an ISO base media file (ISO/IEC 14496-12), which its first box lists; empty for other files. */
function brandsOf(bytes: Buffer): string {
  if (bytes.toString('latin1', 4, 8) !== 'ftyp') {
    return '';
  }
  const end = Math.min(bytes.readUInt32BE(0), shownBytes);
  return `${bytes.toString('latin1', 8, 12)} ${bytes.toString('latin1', 16, end)}`;
}

/** The beginning of a text file; undefined for other content. */
function textOf(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, shownBytes);
  const encoding = start[0] === 0xff && start[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    // As a stream, since the last character may be cut in two.
    const text = new TextDecoder(encoding, { fatal: true }).decode(start, { stream: true });
    return [...text].some((letter) => letter < '\t') ? undefined : text;
  } catch {
    return undefined;
  }
}
