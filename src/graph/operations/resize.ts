/**
 * Resize, by any filter. Each result is a weighted sum of elements of an axis, so an axis is resized by a product with the
 * matrix of the weights: gradients are right for every filter, which those of tfjs's kernels are not.
 */
import { tf } from '../../tensorflow/index.js';
import { lengthOf } from '../host.js';
import type { Node, Operation } from '../node.js';
import { type DeviceValue, inOrder, shapeOf } from '../values.js';

interface Filter {
  /** The weight of an element at a distance from the position, in elements. */
  weight: (distance: number) => number;
  /** The distance from which on weights are zero. */
  reach: number;
}

interface Resizing {
  filter: Filter | 'nearest';
  /** The position in the input of element `index` of the output, in elements. */
  position: (index: number, axis: Axis) => number;
  /** Of a position between two elements. */
  round: (position: number) => number;
  /** Whether the weights of elements beyond the ends are left out, instead of given to the last element. */
  excludesOutside: boolean;
}

interface Axis {
  from: number;
  to: number;
  /** Of the size of an element of the input. */
  scale: number;
}

const linear: Filter = { weight: (distance) => Math.max(0, 1 - distance), reach: 1 };

/** Keys's cubic convolution: https://doi.org/10.1109/TASSP.1981.1163711. */
const cubic = (a: number): Filter => ({
  weight: (x) => {
    if (x <= 1) {
      return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
    }
    return x < 2 ? a * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
  },
  reach: 2,
});

const positions = {
  half_pixel: (index, { scale }) => (index + 0.5) / scale - 0.5,
  pytorch_half_pixel: (index, { to, scale }) => (to > 1 ? (index + 0.5) / scale - 0.5 : 0),
  align_corners: (index, { from, to }) => (to > 1 ? (index * (from - 1)) / (to - 1) : 0),
  asymmetric: (index, { scale }) => index / scale,
} satisfies Record<string, Resizing['position']>;

const roundings = {
  round_prefer_floor: (position) => Math.ceil(position - 0.5),
  round_prefer_ceil: (position) => Math.floor(position + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
} satisfies Record<string, Resizing['round']>;

const keysOf = <Key extends string>(of: Record<Key, unknown>) => Object.keys(of) as [Key, ...Key[]];

function resizingOf(node: Node): Resizing {
  const mode = node.choice('mode', ['nearest', 'linear', 'cubic']);
  const filters = {
    nearest: 'nearest',
    linear,
    cubic: cubic(node.number('cubic_coeff_a', -0.75)),
  } as const;
  // Frameworks disagree on the weights of the wider filter.
  node.only('antialias', 0);
  node.only('keep_aspect_ratio_policy', 'stretch');
  // It is for a transformation that is refused.
  node.ignore('extrapolation_value');
  return {
    filter: filters[mode],
    position: positions[node.choice('coordinate_transformation_mode', keysOf(positions))],
    round: roundings[node.choice('nearest_mode', keysOf(roundings))],
    excludesOutside: node.flag('exclude_outside', false),
  };
}

export const Resize: Operation = (node) => {
  const resizing = resizingOf(node);
  const given = node.numbers('axes');
  return (call) => {
    const value = call.device(0);
    const shape = shapeOf(value);
    const axes = node.axes(given ?? inOrder(shape.length), shape.length);
    // An empty input is one that is left out.
    const [scales, sizes] = [2, 3].map((input) => {
      const numbers = call.optionalInts(input) ?? [];
      return numbers.length === 0 ? undefined : numbers;
    });
    return axes.reduce((resized, axis, i) => {
      const from = shape[axis] as number;
      const scale = scales?.[i] ?? (sizes?.[i] as number) / from;
      const to = sizes?.[i] ?? Math.floor(from * scale);
      return to === from && scale === 1
        ? resized
        : multiplied(resized, axis, { from, to, scale }, resizing);
    }, value);
  };
};

/** The value with an axis replaced by its products with the weights. */
function multiplied(
  { tensor, axes }: DeviceValue,
  axis: number,
  sizes: Axis,
  resizing: Resizing,
): DeviceValue {
  const place = axes[axis] as number;
  const { shape } = tensor;
  const [before, after] = [shape.slice(0, place), shape.slice(place + 1)];
  const { from, to } = sizes;
  const weights = tf.tensor(weightsOf(sizes, resizing), [1, to, from]);
  const columns = tensor.reshape([-1, from, after.reduce((size, side) => size * side, 1)]);
  const count = columns.shape[0] as number;
  const product = tf.matMul(tf.broadcastTo(weights, [count, to, from]), columns);
  return { tensor: product.reshape([...before, to, ...after]), axes };
}

/** A row for each element of the output, with the weight of each element of the input. */
function weightsOf(axis: Axis, resizing: Resizing): Float32Array {
  const weights = new Float32Array(lengthOf([axis.to, axis.from]));
  for (let index = 0; index < axis.to; index++) {
    const row = weights.subarray(index * axis.from, (index + 1) * axis.from);
    fillRow(row, resizing.position(index, axis), resizing);
  }
  return weights;
}

function fillRow(row: Float32Array, position: number, resizing: Resizing): void {
  const last = row.length - 1;
  const within = (index: number) => Math.min(last, Math.max(0, index));
  const { filter, excludesOutside } = resizing;
  if (filter === 'nearest') {
    row[within(resizing.round(position))] = 1;
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
