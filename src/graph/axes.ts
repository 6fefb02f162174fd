/** Moves axes lazily: a tensor is transposed only where an operation needs its elements in another order in memory. */
import { tf } from '../tensorflow/index.js';
import { type DeviceValue, inOrder, ordered, shapeOf, sizeOf } from './values.js';

/** Stands for an axis of size 1 that the value does not have. */
export const unit = -1;

/** The tensor itself if it has the shape. */
export const inShape = (tensor: tf.Tensor, shape: number[]): tf.Tensor =>
  String(tensor.shape) === String(shape) ? tensor : tf.reshape(tensor, shape);

/** Axis i of the result is axis `permutation[i]` of the value. Nothing moves in memory. */
export const transposed = (
  { tensor, axes }: DeviceValue,
  permutation: readonly number[],
): DeviceValue => ({ tensor, axes: permutation.map((axis) => axes[axis] as number) });

/**
 * The tensor whose axes are those of the value in the given order, with {@link unit} for new ones. It moves in memory only if
 * axes longer than 1 change their order.
 */
export function arranged(value: DeviceValue, order: readonly number[]): tf.Tensor {
  const { tensor, axes } = value;
  const shape = shapeOf(value);
  const own = order.filter((axis) => axis !== unit);
  const target = order.map((axis) => (axis === unit ? 1 : (shape[axis] as number)));
  const moving = own.filter((axis) => shape[axis] !== 1).map((axis) => axes[axis] as number);
  const isInPlace = moving.every((axis, i) => i === 0 || axis > (moving[i - 1] as number));
  if (isInPlace) {
    return inShape(tensor, target);
  }
  const moved = tf.transpose(
    tensor,
    own.map((axis) => axes[axis] as number),
  );
  return inShape(moved, target);
}

/** The tensor with its axes in the network's order. */
export const inNetworkOrder = (value: DeviceValue): tf.Tensor =>
  arranged(value, inOrder(value.axes.length));

/** The order of a kernel's axes, [out, in, height, width], in TensorFlow: [height, width, in, out]. */
export const kernelOrder = [2, 3, 1, 0];

/** The order of axes that puts channels, axis 1, last: [n, h, w, c] for [n, c, h, w]. */
const channelsLast = (rank: number): number[] => [0, ...inOrder(rank).slice(2), 1];

/** [n, h, w, c] of an image [n, c, h, w], and [n, 1, l, c] of a sequence [n, c, l]. */
export function imageOf(value: DeviceValue): tf.Tensor4D {
  const order = value.axes.length === 3 ? [0, unit, 2, 1] : channelsLast(value.axes.length);
  return arranged(value, order) as tf.Tensor4D;
}

/** The value [n, c, h, w], or of `rank` 3 [n, c, l], of an image as {@link imageOf} gives it. */
export const ofImage = (image: tf.Tensor4D, rank: number): DeviceValue =>
  rank === 3
    ? { tensor: tf.squeeze(image, [1]), axes: [0, 2, 1] }
    : { tensor: image, axes: [0, 3, 1, 2] };

/** The order of a value's axes in memory, of which `axes` is the inverse. */
export const memoryOrder = (axes: readonly number[]): number[] => {
  const order: number[] = [];
  axes.forEach((at, axis) => {
    order[at] = axis;
  });
  return order;
};

/** A tensor that broadcasts against values of these axes: the value's own axes become the last of them, as in NumPy. */
export function broadcastable(value: DeviceValue, axes: readonly number[]): tf.Tensor {
  const missing = axes.length - value.axes.length;
  const order = memoryOrder(axes).map((axis) => (axis < missing ? unit : axis - missing));
  const first = order.findIndex((axis) => axis !== unit);
  return arranged(value, order.slice(first < 0 ? order.length : first));
}

/**
 * Reshapes. Where each group of axes that is split or merged lies together in memory, nothing moves: [n, c, h, w] in the order
 * n, h, w, c becomes [n, c, h · w] in the order n, h · w, c. Otherwise the axes are put into the network's order first.
 */
export function reshaped(value: DeviceValue, shape: number[]): DeviceValue {
  const groups = groupsOf(shapeOf(value), shape);
  const places = groups?.map(({ from }) => placeOf(value, from));
  if (groups === undefined || places === undefined || places.includes(undefined)) {
    return ordered(tf.reshape(inNetworkOrder(value), shape));
  }
  const inMemory = groups
    .map(({ to }, i) => ({ to, place: places[i] as number }))
    .sort((a, b) => a.place - b.place)
    .flatMap(({ to }) => to);
  const units = inOrder(shape.length).filter((axis) => shape[axis] === 1);
  const order = [...inMemory, ...units];
  return {
    tensor: inShape(
      value.tensor,
      order.map((axis) => shape[axis] as number),
    ),
    axes: memoryOrder(order),
  };
}

/** Axes of a shape and those that they become, with the same number of elements. */
interface Group {
  from: number[];
  to: number[];
}

/** The smallest groups of axes longer than 1 in which one shape becomes another; undefined if an axis is empty, or if none does. */
export function groupsOf(before: readonly number[], after: readonly number[]): Group[] | undefined {
  const areLong = [...before, ...after].every((side) => Number.isSafeInteger(side) && side > 0);
  if (!areLong || sizeOf(before) !== sizeOf(after)) {
    return undefined;
  }
  const [sources, targets] = [before, after].map((shape) =>
    inOrder(shape.length).filter((axis) => shape[axis] !== 1),
  ) as [number[], number[]];
  const groups: Group[] = [];
  for (let i = 0, j = 0; i < sources.length; ) {
    const group: Group = { from: [], to: [] };
    let [left, right] = [1, 1];
    do {
      if (left <= right) {
        const axis = sources[i++] as number;
        group.from.push(axis);
        left *= before[axis] as number;
      } else {
        const axis = targets[j++] as number;
        group.to.push(axis);
        right *= after[axis] as number;
      }
    } while (left !== right);
    groups.push(group);
  }
  return groups;
}

/** Where in memory a group of axes begins, if its axes lie together in their order; else undefined. */
function placeOf(value: DeviceValue, group: readonly number[]): number | undefined {
  const { tensor, axes } = value;
  const long = inOrder(tensor.rank).filter((axis) => tensor.shape[axis] !== 1);
  const places = group.map((axis) => long.indexOf(axes[axis] as number));
  const first = places[0] as number;
  return places.every((place, i) => place === first + i) ? first : undefined;
}

/** The axes that are left when the others are removed, in their order in memory. */
export function withoutAxes(axes: readonly number[], removed: readonly number[]): number[] {
  const kept = axes.filter((_, axis) => !removed.includes(axis));
  const places = [...kept].sort((a, b) => a - b);
  return kept.map((at) => places.indexOf(at));
}
