/** Wilson's score interval of a share (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953). */

/** The normal quantile of a two-sided 95% interval. */
const z = 1.959963984540054;

/** The 95% interval of the share that `right` of `images` estimate: two numbers in 0…1. Without images it is all of that. */
export function wilsonInterval(right: number, images: number): [number, number] {
  if (images === 0) {
    return [0, 1];
  }
  const share = right / images;
  const weight = 1 + z ** 2 / images;
  const centre = (share + z ** 2 / (2 * images)) / weight;
  const half =
    (z * Math.sqrt((share * (1 - share)) / images + z ** 2 / (4 * images ** 2))) / weight;
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A score on some images. */
export interface Score {
  /** How many of them were answered right. */
  right: number;
  images: number;
  /** right / images */
  accuracy: number;
  /** 95% by Wilson. */
  interval: [number, number];
}

export const scoreOf = (right: number, images: number): Score => ({
  right,
  images,
  accuracy: images === 0 ? 0 : right / images,
  interval: wilsonInterval(right, images),
});

/** `87.5 % (95% interval 85.0–89.6 %, 800 images)` */
export function scoreInWords({ accuracy, interval, images }: Score): string {
  const [low, high] = interval.map((share) => (100 * share).toFixed(1));
  return `${(100 * accuracy).toFixed(1)} % right (95% interval ${low}–${high} %, ${images} images)`;
}
