/**
 * Pixels of a photo to the input of a network, as Bobbin computes them: native/core/recipe/canvas.cc has the geometry, Pillow the filters.
 * Plain loops in 64 bits, since a GPU of 16 bits would round levels, and a photo of 12 megapixels would take 144 MB as a tensor.
 */

/**
 * @typedef {{ resize: number, crop: number, mean: number[], std: number[], channels: 'rgb' | 'bgr',
 *   filter: 'bilinear' | 'bicubic', fit: 'crop' | 'pad' | 'squash' }} Preprocessing what classifier.json has
 * @typedef {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray }} RgbaPixels
 * @typedef {ImageBitmap | HTMLCanvasElement | OffscreenCanvas | RgbaPixels} Picture
 * @typedef {{ from: number, weights: Float64Array }} Taps source samples that make a pixel
 * @typedef {{ first: number, taps: Taps[] }} Axis the pixels of the view that show the photo, from `first` on
 */

/** Rows of a picture that are in memory at once. */
const bandRows = 256;

/**
 * The central view of a picture as the network takes it.
 *
 * @param {Picture} picture
 * @param {Preprocessing} preprocessing
 * @returns {Float32Array} crop × crop × 3 numbers, row by row; 0 where a border of the mean colour is
 */
export function inputOf(picture, preprocessing) {
  const { crop, mean, std, channels } = preprocessing;
  const across = axisOf(picture.width, picture, preprocessing);
  const down = axisOf(picture.height, picture, preprocessing);
  const span = spanOf(down.taps);
  const rows = narrowed(picture, across.taps, span);
  const input = new Float32Array(crop * crop * 3);
  for (const [row, { from, weights }] of down.taps.entries()) {
    const levels = weightedSum(rows, from - span.begin, weights);
    const start = ((down.first + row) * crop + across.first) * 3;
    for (const [index, level] of levels.entries()) {
      const channel = index % 3;
      const place = channels === 'rgb' ? channel : 2 - channel;
      const clamped = Math.min(255, Math.max(0, level));
      input[start + index - channel + place] = (clamped - mean[place]) / std[place];
    }
  }
  return input;
}

/** @param {Float64Array[]} rows @param {number} from the first row @param {Float64Array} weights one for each row */
function weightedSum(rows, from, weights) {
  const sum = new Float64Array(rows[from].length);
  for (const [index, weight] of weights.entries()) {
    const row = rows[from + index];
    for (let column = 0; column < sum.length; column++) {
      sum[column] += weight * row[column];
    }
  }
  return sum;
}

/**
 * The rows from `begin` up to `end` with fewer columns: levels on white.
 *
 * @param {Picture} picture
 * @param {Taps[]} taps
 * @param {{ begin: number, end: number }} span
 */
function narrowed(picture, taps, { begin, end }) {
  /** @type {Float64Array[]} */
  const rows = [];
  const bandOf = bandsOf(picture);
  for (let top = begin; top < end; top += bandRows) {
    const count = Math.min(bandRows, end - top);
    const band = bandOf(top, count);
    for (let row = 0; row < count; row++) {
      rows.push(narrowedRow(band, row * picture.width, taps));
    }
  }
  return rows;
}

/**
 * @param {Uint8Array | Uint8ClampedArray} band RGBA
 * @param {number} start the row's first pixel
 * @param {Taps[]} taps
 */
function narrowedRow(band, start, taps) {
  const row = new Float64Array(taps.length * 3);
  for (const [column, { from, weights }] of taps.entries()) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let index = 0; index < weights.length; index++) {
      const at = (start + from + index) * 4;
      const weight = weights[index];
      const alpha = band[at + 3];
      red += weight * onWhite(band[at], alpha);
      green += weight * onWhite(band[at + 1], alpha);
      blue += weight * onWhite(band[at + 2], alpha);
    }
    row.set([red, green, blue], column * 3);
  }
  return row;
}

/** A level on white, in whole levels as libvips rounds it. @param {number} level @param {number} alpha */
const onWhite = (level, alpha) =>
  alpha === 255 ? level : Math.floor((level * alpha + 255 * (255 - alpha)) / 255);

/**
 * RGBA of `count` rows of a picture from `top` on. A canvas has the size of these rows alone: phones refuse one of a whole large photo.
 *
 * @param {Picture} picture
 * @returns {(top: number, count: number) => Uint8Array | Uint8ClampedArray}
 */
function bandsOf(picture) {
  const { width } = picture;
  if ('data' in picture) {
    return (top, count) => picture.data.subarray(top * width * 4, (top + count) * width * 4);
  }
  const canvas = document.createElement('canvas');
  return (top, count) => {
    Object.assign(canvas, { width, height: count });
    const context = /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext('2d', { willReadFrequently: true })
    );
    context.drawImage(picture, 0, top, width, count, 0, 0, width, count);
    return context.getImageData(0, 0, width, count).data;
  };
}

/** @param {Taps[]} taps */
function spanOf(taps) {
  const begin = Math.min(...taps.map(({ from }) => from));
  const end = Math.max(...taps.map(({ from, weights }) => from + weights.length));
  return { begin, end };
}

/**
 * One axis of the central view.
 *
 * @param {number} side of the picture along this axis, in pixels
 * @param {{ width: number, height: number }} picture
 * @param {Preprocessing} preprocessing
 * @returns {Axis}
 */
function axisOf(side, { width, height }, preprocessing) {
  const { crop } = preprocessing;
  const { length, begin, photo } = canvasOf(side, width, height, preprocessing);
  const scale = side / photo;
  // The view begins here, counted from the photo's edge in pixels of the resized photo.
  const start = roundHalfToEven((length - crop) / 2) - begin;
  const before = (/** @type {number} */ position) =>
    Math.ceil(Math.min(crop + 1, Math.max(-1, position - 0.5)));
  const first = Math.min(crop - 1, Math.max(0, before(-start)));
  const count = Math.min(crop, Math.max(first + 1, before(photo - start))) - first;
  const inside = count === crop ? start : Math.min(photo - 0.5, Math.max(-0.5, start + first));
  const taps = Array.from({ length: count }, (_, index) =>
    tapsAt((inside + index + 0.5) * scale, { scale, side, filter: preprocessing.filter }),
  );
  return { first, taps };
}

/**
 * An axis of the resized picture: its length with the border, and where the photo is in it.
 *
 * @param {number} side
 * @param {number} width
 * @param {number} height
 * @param {Preprocessing} preprocessing
 */
function canvasOf(side, width, height, { fit, resize, crop }) {
  if (fit === 'pad') {
    const ratio = Math.max(width, height) / resize;
    const photo = Math.min(resize, Math.max(1, roundHalfToEven(side / ratio)));
    const inside =
      photo < crop ? Math.floor((crop - photo) / 2) : -roundHalfToEven((photo - crop) / 2);
    return { length: resize, begin: roundHalfToEven((resize - crop) / 2) + inside, photo };
  }
  const length = fit === 'squash' ? resize : Math.floor((resize * side) / Math.min(width, height));
  return { length, begin: 0, photo: length };
}

/** The filters by the distance from their top, and how far they reach: Pillow's BILINEAR and BICUBIC. */
const filters = {
  bilinear: { reach: 1, height: (/** @type {number} */ x) => Math.max(0, 1 - x) },
  bicubic: {
    reach: 2,
    height: (/** @type {number} */ x) =>
      x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0,
  },
};

/**
 * The samples that make a pixel, with weights that sum to 1. The filter widens with a reduction, so that it is antialiased.
 *
 * @param {number} centre in source pixels
 * @param {{ scale: number, side: number, filter: 'bilinear' | 'bicubic' }} axis
 * @returns {Taps}
 */
function tapsAt(centre, { scale, side, filter }) {
  const { reach, height } = filters[filter];
  const widened = Math.max(1, scale);
  const low = Math.max(0, Math.min(side - 1, Math.floor(centre - reach * widened)));
  const high = Math.min(side, Math.max(low + 1, Math.ceil(centre + reach * widened)));
  const weights = Float64Array.from({ length: high - low }, (_, index) =>
    height(Math.abs(low + index + 0.5 - centre) / widened),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { from: low, weights: weights.map((weight) => weight / sum) };
}

/** @param {number} x */
const roundHalfToEven = (x) => (x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
