/** Resampling along an axis: each element of the result is a weighted sum of elements, by any filter. */
import { lengthOf } from './host.js';

export interface Filter {
  /** The weight of an element at a distance from the position, in elements. */
  weight: (distance: number) => number;
  /** The distance from which on weights are zero. */
  reach: number;
}

/** How the elements of an axis become others. */
export interface Resampling {
  filter: Filter | 'nearest';
  /** The position in the input of element `index` of the output, in elements. */
  position: (index: number, axis: Axis) => number;
  /** Of a position between two elements. */
  round: (position: number) => number;
  /** Whether the weights of elements beyond the ends are left out, instead of given to the last element. */
  excludesOutside: boolean;
}

export interface Axis {
  from: number;
  to: number;
  /** Of the size of an element of the input. */
  scale: number;
}

export const linear: Filter = { weight: (distance) => Math.max(0, 1 - distance), reach: 1 };

/** Keys's cubic convolution: https://doi.org/10.1109/TASSP.1981.1163711. */
export const cubic = (a: number): Filter => ({
  weight: (x) => {
    if (x <= 1) {
      return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
    }
    return x < 2 ? a * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
  },
  reach: 2,
});

/** By the names that ONNX has for them. */
export const positions = {
  half_pixel: (index, { scale }) => (index + 0.5) / scale - 0.5,
  pytorch_half_pixel: (index, { to, scale }) => (to > 1 ? (index + 0.5) / scale - 0.5 : 0),
  align_corners: (index, { from, to }) => (to > 1 ? (index * (from - 1)) / (to - 1) : 0),
  asymmetric: (index, { scale }) => index / scale,
} satisfies Record<string, Resampling['position']>;

/** A row for each element of the output, with the weight of each element of the input. */
export function weightsOf(axis: Axis, resampling: Resampling): Float32Array {
  const weights = new Float32Array(lengthOf([axis.to, axis.from]));
  for (let index = 0; index < axis.to; index++) {
    const row = weights.subarray(index * axis.from, (index + 1) * axis.from);
    fillRow(row, resampling.position(index, axis), resampling);
  }
  return weights;
}

function fillRow(row: Float32Array, position: number, resampling: Resampling): void {
  const last = row.length - 1;
  const within = (index: number) => Math.min(last, Math.max(0, index));
  const { filter, excludesOutside } = resampling;
  if (filter === 'nearest') {
    row[within(resampling.round(position))] = 1;
    return;
  }
  let sum = 0;
  const { reach, weight } = filter;
  for (let index = Math.ceil(position - reach); index <= position + reach; index++) {
    if (index === within(index) || !excludesOutside) {
      const share = weight(Math.abs(index - position));
      (row[within(index)] as number) += share;
      sum += share;
    }
  }
  row.forEach((share, index) => {
    row[index] = share / sum;
  });
}

/**
 * The weights of Pillow's bicubic filter, [to, from]: as torch resizes with `antialias`, with a wider filter for fewer elements.
 * https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function bicubicWeights(from: number, to: number): Float32Array {
  const { weight, reach } = cubic(-0.5);
  const width = Math.max(1, from / to);
  return weightsOf(
    { from, to, scale: to / from },
    {
      filter: { weight: (distance) => weight(distance / width), reach: reach * width },
      position: positions.half_pixel,
      round: Math.floor,
      excludesOutside: true,
    },
  );
}
