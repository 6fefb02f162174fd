/**
 * Decodes images that are not JPEG files, most of them on sharp's threads. The content shows the format; the numbers are those
 * that the file stores, without a conversion by colour profile, as for JPEG.
 */
import { setImmediate } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { type ImageFile, readImage } from '../../dataset/index.js';
import { planAvif } from './avif.js';
import { planBmp } from './bmp.js';
import { type DecodePlan, Refused } from './container.js';
import { planGif } from './gif.js';
import { lightOf } from './inks.js';
import { type Format, formatOf, refusalOf } from './kind.js';
import { planNetpbm } from './netpbm.js';
import { planPng } from './png.js';
import { planTiff } from './tiff.js';
import { planWebp } from './webp.js';

/** Bytes of an encoded image. */
export const mostFileBytes = 2 ** 27;

/** Bytes that decoding one image may take: 48 million pixels of PNG or TIFF, fewer of other formats. */
export const mostDecodeBytes = 288e6;

/** The image as RGB, and its copy for the native loader. */
const outputBytesPerPixel = 6;

/** Pixels of a side of an image that is painted row by row here; JPEG and WebP have no more either. */
const mostSide = 65_535;

/** How long rows are painted between two turns of the event loop. */
const paintMs = 4;

/** Upright, interleaved 8-bit RGB without padding. */
export interface DecodedImage {
  rgb: Uint8Array;
  width: number;
  height: number;
}

const planners: Record<Format, (bytes: Buffer) => DecodePlan> = {
  PNG: planPng,
  WebP: planWebp,
  GIF: planGif,
  TIFF: planTiff,
  AVIF: planAvif,
  BMP: planBmp,
  Netpbm: planNetpbm,
};

/** Reads the file of an image; see {@link OtherFormat.of}. */
export async function readOtherFormat(image: ImageFile): Promise<OtherFormat> {
  return OtherFormat.of(await readImage(image, mostFileBytes));
}

/** An image that is known and small enough to be decoded. */
export class OtherFormat {
  private constructor(
    private readonly format: Format,
    private readonly plan: DecodePlan,
    /** Memory that {@link decode} takes, in bytes. */
    readonly decodeBytes: number,
  ) {}

  /**
   * Reads the headers of an encoded image, and removes from `bytes` what does not change its pixels.
   *
   * @throws an Error with the reason why the image is refused.
   */
  static of(bytes: Buffer): OtherFormat {
    const format = formatOf(bytes);
    if (format === undefined) {
      throw new Refused(refusalOf(bytes));
    }
    const plan = planners[format](bytes);
    const { width, height, bytesPerPixel, mostPixels = Number.POSITIVE_INFINITY } = plan;
    const each = outputBytesPerPixel / 2 + Math.max(outputBytesPerPixel / 2, bytesPerPixel);
    const most = Math.min(mostPixels, Math.floor(mostDecodeBytes / each));
    if (width * height > most) {
      throw new Refused(
        `has ${width} × ${height} pixels, more than the ${most} allowed in ${format}: make it smaller, or convert it to JPEG`,
      );
    }
    if (plan.paint && Math.max(width, height) > mostSide) {
      throw new Refused(
        `has ${width} × ${height} pixels, more than the ${mostSide} allowed for a side in ${format}: cut it into parts`,
      );
    }
    return new OtherFormat(format, plan, width * height * each + bytes.length);
  }

  /**
   * The first picture, on a white background if it is transparent.
   *
   * @throws an Error with the reason when the image is damaged.
   */
  async decode(): Promise<DecodedImage> {
    const { bytes, width, height, inks = false, paint } = this.plan;
    if (paint) {
      return { rgb: await painted(paint, 3 * width * height), width, height };
    }
    try {
      const options = {
        failOn: 'error',
        ignoreIcc: true,
        limitInputPixels: width * height,
      } as const;
      const upright = sharp(bytes, options).autoOrient();
      const { data, info } = await (inks ? asInks(upright) : asLight(upright))
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      if (info.channels === (inks ? 4 : 3)) {
        const rgb = inks ? await lightOf(data) : data;
        return { rgb, width: info.width, height: info.height };
      }
    } catch {
      // libvips collects the messages of all threads in one place, so its message may be another image's.
    }
    throw new Refused(`is a damaged ${this.format}: it cannot be decoded`);
  }
}

const asLight = (image: Sharp) => image.flatten({ background: '#ffffff' }).toColourspace('srgb');

const asInks = (image: Sharp) => image.pipelineColourspace('cmyk').toColourspace('cmyk');

/** The RGB that `paint` writes, `length` bytes. */
async function painted(
  paint: (rgb: Buffer) => Generator<undefined>,
  length: number,
): Promise<Buffer> {
  // Not from Node's pool, whose memory is shared.
  const rgb = Buffer.allocUnsafeSlow(length);
  let start = performance.now();
  for (const _ of paint(rgb)) {
    if (performance.now() - start > paintMs) {
      await setImmediate();
      start = performance.now();
    }
  }
  return rgb;
}
