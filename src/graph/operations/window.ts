/** What convolutions and pooling share: strides, dilations and padding of a window that moves over an image. */
import { tf } from '../../tensorflow/index.js';
import { lengthOf } from '../host.js';
import type { Node } from '../node.js';
import type { DeviceValue } from '../values.js';

/** Of the rows and the columns of an image. */
export type Sides = [rows: number, columns: number];

export interface Window {
  strides: Sides;
  dilations: Sides;
  /** Padding before and after the rows and the columns; or the least with which size / stride, rounded up, windows fit. */
  pads: [before: Sides, after: Sides] | 'SAME_UPPER' | 'SAME_LOWER';
  /** Whether a window that begins on the image may end beyond its padding. */
  isCeiled: boolean;
}

/** The padding of the rows or of the columns. */
export interface Padding {
  size: number;
  stride: number;
  before: number;
  after: number;
  /** What the last window needs beyond the padding. */
  beyond: number;
  /** Whether TensorFlow's SAME pads so. */
  isSame: boolean;
}

export type Paddings = [rows: Padding, columns: Padding];

/** Reads the attributes of a window over an image, or over a sequence, which is an image of one row. */
export function windowOf(node: Node): Window {
  const auto = node.choice('auto_pad', ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']);
  const pads = node.numbers('pads', [0, 0, 0, 0]);
  const half = pads.length / 2;
  if (pads.some((side) => side < 0)) {
    throw node.refuse('numbers from 0', 'pads', pads);
  }
  const given: [Sides, Sides] = [
    sides(node, 'pads', pads.slice(0, half), 0),
    sides(node, 'pads', pads.slice(half), 0),
  ];
  const none: [Sides, Sides] = [
    [0, 0],
    [0, 0],
  ];
  const named = { NOTSET: given, VALID: none, SAME_UPPER: auto, SAME_LOWER: auto } as const;
  return {
    strides: stepsOf(node, 'strides'),
    dilations: stepsOf(node, 'dilations'),
    pads: named[auto] as Window['pads'],
    isCeiled: false,
  };
}

function stepsOf(node: Node, name: 'strides' | 'dilations'): Sides {
  const steps = sides(node, name, node.numbers(name, [1, 1]), 1);
  if (!steps.every((step) => Number.isSafeInteger(step) && step > 0)) {
    throw node.refuse('numbers from 1', name, steps);
  }
  return steps;
}

/**
 * The image before Pad surrounded it with zeros, and the window with these as its own. Exporters write the padding of TensorFlow's
 * SAME so, which its op adds without another copy of the image.
 */
export function withPadding(
  value: DeviceValue,
  window: Window,
): { value: DeviceValue; window: Window } {
  const { pads } = window;
  const [batch, channels, rows, columns] = value.unpadded?.margins ?? [];
  const isOfPlaces = [...(batch ?? []), ...(channels ?? [])].every((margin) => margin === 0);
  if (!value.unpadded || !rows || !columns || !isOfPlaces || typeof pads === 'string') {
    return { value, window };
  }
  const [before, after] = pads;
  const all: Window['pads'] = [
    [before[0] + rows[0], before[1] + columns[0]],
    [after[0] + rows[1], after[1] + columns[1]],
  ];
  return { value: value.unpadded.value, window: { ...window, pads: all } };
}

/** Numbers for the rows and the columns; of a sequence, whose one number is for the columns, the rows have `ofRows`. */
export function sides(node: Node, name: string, numbers: number[], ofRows: number): Sides {
  const both = numbers.length === 1 ? [ofRows, ...numbers] : numbers;
  if (both.length !== 2) {
    throw node.refuse('numbers for an image or a sequence', name, numbers);
  }
  return both as Sides;
}

/** The padding of an image, [batch, height, width, channels], under a window with the given sides. */
export const paddingsOf = (window: Window, kernel: Sides, image: tf.Tensor4D): Paddings => [
  paddingOf(window, 0, kernel[0], image.shape[1]),
  paddingOf(window, 1, kernel[1], image.shape[2]),
];

function paddingOf(window: Window, axis: 0 | 1, kernel: number, size: number): Padding {
  const { pads, isCeiled } = window;
  const stride = window.strides[axis];
  const reach = window.dilations[axis] * (kernel - 1) + 1;
  // https://www.tensorflow.org/api_docs/python/tf/nn#same_padding
  const same = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const [less, more] = [Math.floor(same / 2), Math.ceil(same / 2)];
  const bySide = { SAME_UPPER: [less, more], SAME_LOWER: [more, less] } as const;
  const [before, after] = typeof pads === 'string' ? bySide[pads] : [pads[0][axis], pads[1][axis]];
  const free = size + before + after - reach;
  const beyond = isCeiled ? beyondOf(free, stride, size + before) : 0;
  const isSame = before === less && after + beyond === more;
  return { size, stride, before, after, beyond, isSame };
}

/** ONNX and torch drop a last window that would begin on the padding at the end. */
function beyondOf(free: number, stride: number, end: number): number {
  const last = Math.ceil(free / stride) * stride;
  return Math.max(0, (last < end ? last : last - stride) - free);
}

export const isSame = (paddings: Paddings): boolean => paddings.every((each) => each.isSame);

/** The padding that TensorFlow's op adds by itself; the other is in the image that {@link padded} gives. */
export const opPadding = (paddings: Paddings) => (isSame(paddings) ? 'SAME' : 'VALID');

/** The image with its padding, unless TensorFlow's op adds it. */
export const padded = (image: tf.Tensor4D, paddings: Paddings, value: number): tf.Tensor4D =>
  isSame(paddings) ? image : paddedInFull(image, paddings, value);

/** The image with its padding. */
export function paddedInFull(image: tf.Tensor4D, paddings: Paddings, value: number): tf.Tensor4D {
  const [rows, columns] = paddings.map(({ before, after, beyond }) => [before, after + beyond]) as [
    Sides,
    Sides,
  ];
  const isNone = [...rows, ...columns].every((side) => side === 0);
  return isNone ? image : tf.pad(image, [[0, 0], rows, columns, [0, 0]], value);
}

/**
 * For each place of a window of `kernel` rows and columns, the share of it that counts, [1, rows, columns, 1]: what lies on the
 * image or, if `countsPadding`, on the padding. Undefined if all of each counts.
 */
export function sharesOf(
  paddings: Paddings,
  kernel: Sides,
  countsPadding: boolean,
): tf.Tensor4D | undefined {
  const [rows, columns] = paddings.map(({ size, stride, before, after, beyond }, axis) => {
    const side = kernel[axis] as number;
    const [first, end] = countsPadding ? [0, before + size + after] : [before, before + size];
    const places = Math.floor((before + size + after + beyond - side) / stride) + 1;
    return Array.from({ length: lengthOf([places]) }, (_, place) => {
      const start = place * stride;
      return (Math.min(start + side, end) - Math.max(start, first)) / side;
    });
  }) as [number[], number[]];
  lengthOf([rows.length, columns.length]);
  const shares = rows.flatMap((row) => columns.map((column) => row * column));
  return shares.every((share) => share === 1)
    ? undefined
    : tf.tensor4d(shares, [1, rows.length, columns.length, 1]);
}
