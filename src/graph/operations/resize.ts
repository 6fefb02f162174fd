/**
 * Resize, by any filter. Each result is a weighted sum of elements of an axis, so an axis is resized by a product with the
 * matrix of the weights: gradients are right for every filter, which those of tfjs's kernels are not.
 */
import { tf } from '../../tensorflow/index.js';
import type { Node, Operation } from '../node.js';
import { type Axis, cubic, linear, positions, type Resampling, weightsOf } from '../resampling.js';
import { type DeviceValue, inOrder, shapeOf } from '../values.js';

const roundings = {
  round_prefer_floor: (position) => Math.ceil(position - 0.5),
  round_prefer_ceil: (position) => Math.floor(position + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
} satisfies Record<string, Resampling['round']>;

const keysOf = <Key extends string>(of: Record<Key, unknown>) => Object.keys(of) as [Key, ...Key[]];

function resizingOf(node: Node): Resampling {
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
  resizing: Resampling,
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
