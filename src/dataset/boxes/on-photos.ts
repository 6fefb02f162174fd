/** Puts boxes on their photos: turns shares into pixels, and unites the boxes of one photo. */
import { expected } from '../../errors.js';
import { mapConcurrently } from '../concurrency.js';
import { type ImageFile, imageName } from '../image-file.js';
import { type Box, type BoxUnit, farthest, unionOf } from './box.js';
import type { GivenBox } from './fields.js';
import { photoSize } from './photo-size.js';

/** A photo, by its absolute path, and the boxes that its source gives it, one or more. */
export interface MarkedPhoto {
  photo: ImageFile;
  boxes: readonly GivenBox[];
}

const photosAtOnce = 8;

/**
 * The box of each photo, by its name as {@link imageName} gives it: the union of its boxes.
 *
 * @throws InvalidInputError with the place of a box that shows nothing of its photo, or whose unit is another one
 */
export async function boxesOnPhotos(
  photos: readonly MarkedPhoto[],
  unit: BoxUnit,
): Promise<Map<string, Box>> {
  const found = await mapConcurrently(photos, photosAtOnce, async ({ photo, boxes }) => {
    const size = await photoSize(photo);
    const united = unionOf(boxes.map((box) => inPixels(box, size, unit)));
    return [imageName(photo), united] as const;
  });
  return new Map(found);
}

const unlimited = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

/** @param size of the photo; undefined if it is not known, so that boxes in pixels are not compared with it */
function inPixels(
  { numbers, place }: GivenBox,
  size: { width: number; height: number } | undefined,
  unit: BoxUnit,
): Box {
  const isShare = unit === 'shares';
  if (isShare && size === undefined) {
    const remedy = 'Write its box in pixels, or convert the photo to JPEG or PNG';
    throw expected('a photo whose size its headers say', place, numbers.join(' '), remedy);
  }
  const { width, height } = size ?? unlimited;
  const [right, bottom] = isShare ? [1, 1] : [width, height];
  const [x0, y0, x1, y1] = numbers;
  if (x1 <= 0 || y1 <= 0 || x0 >= right || y0 >= bottom) {
    const what = size === undefined ? '' : ` of ${width} × ${height} pixels`;
    throw expected(`a box that shows a part of its photo${what}`, place, numbers.join(' '));
  }
  if (!isShare && Math.max(x1, y1) <= 1) {
    const remedy =
      "If these are shares of the photo's sides, say --box-unit shares (in a program `boxUnit`)";
    throw expected('a box of more than one pixel', place, numbers.join(' '), remedy);
  }
  const [across, down] = isShare ? [width, height] : [1, 1];
  return [
    within(Math.floor(x0 * across)),
    within(Math.floor(y0 * down)),
    within(Math.ceil(x1 * across)),
    within(Math.ceil(y1 * down)),
  ];
}

const within = (pixels: number): number => Math.max(-farthest, Math.min(farthest, pixels));
