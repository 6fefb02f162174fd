/** Operations that take parts of values, put them together, or repeat and surround them. */
import { tf } from '../../tensorflow/index.js';
import { arranged, broadcastable, memoryOrder, withoutAxes } from '../axes.js';
import {
  broadcastShape,
  hostConcatenated,
  hostExpanded,
  hostGathered,
  hostSliced,
  type Steps,
} from '../host.js';
import type { Operation } from '../node.js';
import {
  type DeviceValue,
  fromFront,
  type HostValue,
  inOrder,
  isHost,
  type Margin,
  onDevice,
  shapeOf,
  sizeOf,
  type Value,
} from '../values.js';

export const Concat: Operation = (node) => {
  const axis = node.number('axis', 0);
  return (call) => {
    const parts = call.inputs.map((_, input) => call.value(input));
    const along = node.axis(axis, shapeOf(parts[0] as Value).length);
    const hosts = call.hosts();
    return hosts === undefined
      ? joined(parts.map(onDevice), along)
      : hostConcatenated(hosts, along);
  };
};

/** In the order in memory of the largest part. */
function joined(parts: DeviceValue[], axis: number): DeviceValue {
  const sizes = parts.map(({ tensor }) => tensor.size);
  const { axes } = parts[sizes.indexOf(Math.max(...sizes))] as DeviceValue;
  const order = memoryOrder(axes);
  const tensors = parts.map((part) => arranged(part, order));
  return { tensor: tf.concat(tensors, axes[axis]), axes };
}

/** Bounds beyond the axis mean its ends. */
export const Slice: Operation = (node) => (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const starts = call.ints(1);
  const ends = call.ints(2);
  const axes = call.optionalInts(3) ?? inOrder(starts.length);
  const strides = call.optionalInts(4) ?? starts.map(() => 1);
  if (strides.includes(0)) {
    throw node.refuse('steps other than 0', 'input 4', strides);
  }
  const steps = shape.map((size) => ({ start: 0, count: size, step: 1 }));
  axes.forEach((each, i) => {
    const axis = node.axis(each, shape.length);
    const bounds = {
      start: starts[i] as number,
      end: ends[i] as number,
      step: strides[i] as number,
    };
    steps[axis] = stepsOf(bounds, shape[axis] as number);
  });
  return isHost(value) ? hostSliced(value, steps) : sliced(value, steps);
};

function stepsOf(bounds: { start: number; end: number; step: number }, size: number): Steps {
  const { step } = bounds;
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const within = (bound: number) => Math.min(most, Math.max(least, fromFront(bound, size)));
  const start = within(bounds.start);
  return { start, count: Math.max(0, Math.ceil((within(bounds.end) - start) / step)), step };
}

/** TensorFlow's op for steps other than 1 has no gradient in tfjs. */
function sliced(value: DeviceValue, steps: readonly Steps[]): DeviceValue {
  const { axes } = value;
  const inMemory = memoryOrder(axes).map((axis) => steps[axis] as Steps);
  const isWhole = inMemory.every(
    ({ count, step }, axis) => step === 1 && count === value.tensor.shape[axis],
  );
  if (isWhole) {
    return value;
  }
  const plain = inMemory.map((each, axis) =>
    each.step === 1 ? each : { start: 0, count: value.tensor.shape[axis] as number, step: 1 },
  );
  const tensor = tf.slice(
    value.tensor,
    plain.map(({ start }) => start),
    plain.map(({ count }) => count),
  );
  const stepped = inMemory.reduce(
    (taken, { start, count, step }, axis) =>
      step === 1
        ? taken
        : tf.gather(
            taken,
            tf.tensor1d(
              Array.from({ length: count }, (_, i) => start + i * step),
              'int32',
            ),
            axis,
          ),
    tensor,
  );
  return { tensor: stepped, axes };
}

/** Into the given sizes, or into equal parts, of which the last may be smaller. */
export const Split: Operation = (node) => {
  const axis = node.number('axis', 0);
  node.only('num_outputs', node.outputs);
  const parts = node.outputs;
  return (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const along = node.axis(axis, shape.length);
    const size = shape[along] as number;
    const part = Math.ceil(size / parts);
    const equal = inOrder(parts).map((i) => Math.min(part, size - i * part));
    const sizes = call.optionalInts(1) ?? equal;
    const isWhole = sizes.reduce((sum, each) => sum + each, 0) === size;
    if (!isWhole || sizes.length !== parts || sizes.some((each) => each < 0)) {
      throw node.refuse(`the sizes of ${parts} parts of ${size}`, 'input 1', sizes);
    }
    if (isHost(value)) {
      const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, each) => sum + each, 0));
      return sizes.map((count, i) => {
        const steps = shape.map((side) => ({ start: 0, count: side, step: 1 }));
        steps[along] = { start: starts[i] as number, count, step: 1 };
        return hostSliced(value, steps);
      });
    }
    const { tensor, axes } = value;
    return tf.split(tensor, sizes, axes[along]).map((each) => ({ tensor: each, axes }));
  };
};

/** Elements of an axis by their indices, whose axes replace it. */
export const Gather: Operation = (node) => {
  const given = node.number('axis', 0);
  return (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const axis = node.axis(given, shape.length);
    const host = call.host(1);
    const size = shape[axis] as number;
    const values = host.values.map((index) => fromFront(index, size));
    if (values.some((index) => index < 0 || index >= size)) {
      throw node.refuse(`indices of ${size} elements`, 'input 1', host.values);
    }
    const indices = { ...host, values };
    return isHost(value) ? hostGathered(value, indices, axis) : gathered(value, indices, axis);
  };
};

function gathered(value: DeviceValue, indices: HostValue, axis: number): DeviceValue {
  const { tensor, axes } = value;
  const { values, shape } = indices;
  const place = axes[axis] as number;
  const [first = 0] = values;
  const isRange = values.every((index, i) => index === first + i);
  if (shape.length < 2 && isRange) {
    // The gradient of a slice is shorter.
    const begin = tensor.shape.map((_, at) => (at === place ? first : 0));
    const size = tensor.shape.map((side, at) => (at === place ? values.length : side));
    const range = tf.slice(tensor, begin, size);
    return shape.length === 1
      ? { tensor: range, axes }
      : { tensor: tf.squeeze(range, [place]), axes: withoutAxes(axes, [axis]) };
  }
  const taken = tf.gather(tensor, tf.tensor(values, shape, 'int32'), place);
  const added = shape.length - 1;
  const moved = axes.map((at) => (at > place ? at + added : at));
  const own = inOrder(shape.length).map((at) => place + at);
  return { tensor: taken, axes: [...moved.slice(0, axis), ...own, ...moved.slice(axis + 1)] };
}

/** Repeats to the shape to which its own and the given one broadcast. */
export const Expand: Operation = () => (call) => {
  const value = call.value(0);
  const own = shapeOf(value);
  const shape = broadcastShape([own, call.ints(1)]);
  if (isHost(value)) {
    return hostExpanded(value, shape);
  }
  if (String(shape) === String(own)) {
    return value;
  }
  const missing = shape.length - own.length;
  const axes = [...inOrder(missing), ...value.axes.map((axis) => axis + missing)];
  const sides = memoryOrder(axes).map((axis) => shape[axis] as number);
  return { tensor: tf.broadcastTo(broadcastable(value, axes), sides), axes };
};

export const Tile: Operation = () => (call) => {
  const { tensor, axes } = call.device(0);
  const repeats = call.ints(1);
  return {
    tensor: tf.tile(
      tensor,
      memoryOrder(axes).map((axis) => repeats[axis] as number),
    ),
    axes,
  };
};

/** Adds elements before and after each axis; negative numbers remove some. */
export const Pad: Operation = (node) => {
  const mode = node.choice('mode', ['constant', 'reflect']);
  return (call) => {
    const value = call.device(0);
    const rank = value.axes.length;
    const pads = call.ints(1);
    const filling = call.has(2) ? (call.host(2).values[0] as number) : 0;
    const padded = node.axes(call.optionalInts(3) ?? inOrder(rank), rank);
    const margins = inOrder(rank).map((axis): Margin => {
      const at = padded.indexOf(axis);
      return at < 0 ? [0, 0] : [pads[at] as number, pads[at + pads.length / 2] as number];
    });
    const cut = sliced(
      value,
      margins.map(([before, after], axis) => {
        const [start, end] = [Math.max(0, -before), Math.max(0, -after)];
        return { start, count: (shapeOf(value)[axis] as number) - start - end, step: 1 };
      }),
    );
    const added = memoryOrder(value.axes).map((axis) =>
      (margins[axis] as Margin).map((side) => Math.max(0, side)),
    ) as [number, number][];
    if (sizeOf(added.flat().map((side) => side + 1)) === 1) {
      return cut;
    }
    const { axes } = value;
    if (mode === 'reflect') {
      return { tensor: tf.mirrorPad(cut.tensor, added, 'reflect'), axes };
    }
    const tensor = tf.pad(cut.tensor, added, filling);
    const isPlain = filling === 0 && cut === value;
    return { tensor, axes, ...(isPlain && { unpadded: { value, margins } }) };
  };
};
