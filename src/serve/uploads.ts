/** The images of a request, by the form of its body: one image, JSON with base64, or multipart. */
import type { Limits } from './options.js';
import { pixelsOf } from './pixels.js';
import { absent, type Refusal, refused } from './refusal.js';

/** An encoded image, and how messages call it. */
export interface Upload {
  name: string;
  bytes: Buffer;
}

/** A part of a multipart body, as @fastify/multipart gives it. */
export type Part =
  | { type: 'field'; fieldname: string }
  | { type: 'file'; fieldname: string; filename: string; file: AsyncIterable<Buffer> };

/** A name in an answer or a message has no more characters. */
const longestName = 200;

/** The most bytes of a body. */
export const bytesIn = ({ maxMegabytes }: Limits): number => Math.floor(maxMegabytes * 1e6);

export const tooLarge = ({ maxMegabytes }: Limits): Refusal =>
  refused(
    413,
    `at most ${maxMegabytes} MB`,
    'the body of a request',
    'more',
    'Send fewer or smaller images',
  );

/** How an image is sent, in words. */
export const forms =
  'an image (Content-Type image/jpeg …), multipart/form-data with files, or JSON with { "image": base64 } or { "images": [base64, …] }';

/** The images of a multipart body. @throws Refusal for more images or bytes than the limits allow, and without any image */
export async function imagesOfParts(parts: AsyncIterable<Part>, limits: Limits): Promise<Upload[]> {
  const uploads: Upload[] = [];
  let left = bytesIn(limits);
  for await (const part of parts) {
    if (part.type === 'field') {
      const remedy = 'Send each image as a file with a name: curl --form image=@photo.jpg';
      throw refused(
        400,
        'files alone',
        'multipart/form-data',
        `the field ${part.fieldname}`,
        remedy,
      );
    }
    const pieces: Buffer[] = [];
    for await (const piece of part.file) {
      left -= piece.length;
      if (left < 0) {
        throw tooLarge(limits);
      }
      pieces.push(piece);
    }
    const [only] = pieces;
    const bytes = pieces.length === 1 ? (only as Buffer) : Buffer.concat(pieces);
    uploads.push({ name: shortened(part.filename || part.fieldname), bytes });
    checkCount(uploads.length, limits);
  }
  return checked(uploads);
}

/** The images of a JSON body. @throws Refusal for another form, and for text that is no base64 */
export function imagesOfJson(body: unknown, limits: Limits): Upload[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refused(400, 'an object', 'the body', Array.isArray(body) ? 'a list' : typeof body);
  }
  const other = Object.keys(body).find((key) => key !== 'image' && key !== 'images');
  if (other !== undefined) {
    throw refused(400, 'image or images', 'a key of the body', other);
  }
  const { image, images } = body as { image?: unknown; images?: unknown };
  if (image !== undefined && images !== undefined) {
    throw refused(400, 'image or images', 'the body', 'both');
  }
  if (images !== undefined && !Array.isArray(images)) {
    throw refused(400, 'a list of base64 texts', 'images', typeof images);
  }
  const given: unknown[] = images ?? (image === undefined ? [] : [image]);
  checkCount(given.length, limits);
  return checked(
    given.map((text, index) => {
      const name = images === undefined ? 'image' : `images[${index}]`;
      return { name, bytes: decodedBase64(text, name) };
    }),
  );
}

/** The image that a body is. */
export const imageOfBody = (bytes: unknown): Upload[] =>
  checked(Buffer.isBuffer(bytes) ? [{ name: 'image', bytes }] : []);

/** @throws Refusal for an image with more pixels than the limits allow, by its headers; those that have none are left to the decoder */
export async function checkPixels(
  { name, bytes }: Upload,
  { maxMegapixels }: Limits,
): Promise<void> {
  const pixels = await pixelsOf(bytes);
  if (pixels !== undefined && pixels > maxMegapixels * 1e6) {
    throw refused(
      413,
      `at most ${maxMegapixels}`,
      `the megapixels of ${name}`,
      pixels / 1e6,
      'Send it smaller',
    );
  }
}

function checkCount(count: number, { maxImages }: Limits): void {
  if (count > maxImages) {
    throw refused(413, `at most ${maxImages} images`, 'a request', 'more', 'Send several requests');
  }
}

/** Text of base64, with or without the beginning of a data URL. Node's decoder passes over characters that are none. */
function decodedBase64(text: unknown, name: string): Buffer {
  if (typeof text !== 'string') {
    throw refused(400, 'a base64 text', name, text === null ? 'null' : typeof text);
  }
  const start = /^data:[^,]{0,200};base64,/.exec(text)?.[0].length ?? 0;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const letters = text.length - start - padding;
  const bytes = Buffer.from(start === 0 ? text : text.slice(start), 'base64');
  if (bytes.length !== Math.floor((letters * 3) / 4)) {
    throw refused(400, 'base64', name, text.slice(0, 40), 'Encode the file: base64 -w0 photo.jpg');
  }
  return bytes;
}

function checked(uploads: Upload[]): Upload[] {
  if (uploads.length === 0) {
    throw absent('an image', 'the body', `Send ${forms}`);
  }
  const empty = uploads.find(({ bytes }) => bytes.length === 0);
  if (empty !== undefined) {
    throw refused(422, 'at least one byte', empty.name, 0);
  }
  return uploads;
}

const shortened = (name: string) =>
  name.length > longestName ? `${name.slice(0, longestName)}…` : name;
