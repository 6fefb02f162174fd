/** Operations that change the shape or the order of axes, not the elements. */
import { reshaped, transposed } from '../axes.js';
import { hostTransposed } from '../host.js';
import type { Operation } from '../node.js';
import { fromFront, hostInts, inOrder, isHost, shapeOf, sizeOf, type Value } from '../values.js';

export const Shape: Operation = (node) => {
  const start = node.number('start', 0);
  const end = node.number('end');
  return (call) => hostInts(shapeOf(call.value(0)).slice(start, end));
};

export const Size: Operation = () => (call) => hostInts([sizeOf(shapeOf(call.value(0)))], []);

export const Identity: Operation = () => (call) => call.value(0);

export const Transpose: Operation = (node) => {
  const given = node.numbers('perm');
  return (call) => {
    const value = call.value(0);
    const { length } = shapeOf(value);
    const permutation = given ?? inOrder(length).reverse();
    if (String([...permutation].sort((a, b) => a - b)) !== String(inOrder(length))) {
      throw node.refuse(`an order of ${length} axes`, 'perm', given);
    }
    return isHost(value) ? hostTransposed(value, permutation) : transposed(value, permutation);
  };
};

const withShape = (value: Value, shape: number[]): Value =>
  isHost(value) ? { ...value, shape } : reshaped(value, shape);

const isSide = (side: number) => Number.isSafeInteger(side) && side >= 0;

/** A side of -1 is what the others leave; a side of 0 stays, unless `allowzero` means an empty axis by it. */
export const Reshape: Operation = (node) => {
  const allowsZero = node.flag('allowzero', false);
  return (call) => {
    const value = call.value(0);
    const before = shapeOf(value);
    const sides = call
      .ints(1)
      .map((side, axis) => (side === 0 && !allowsZero ? (before[axis] as number) : side));
    const known = sizeOf(sides.filter((side) => side !== -1));
    const shape = sides.map((side) => (side === -1 ? sizeOf(before) / known : side));
    if (sizeOf(shape) !== sizeOf(before) || !shape.every(isSide)) {
      throw node.refuse(`a shape for the elements of [${before}]`, 'input 1', sides);
    }
    return withShape(value, shape);
  };
};

export const Flatten: Operation = (node) => {
  const axis = node.number('axis', 1);
  return (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const at = fromFront(axis, shape.length);
    return withShape(value, [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))]);
  };
};

export const Unsqueeze: Operation = (node) => (call) => {
  const value = call.value(0);
  const sides = [...shapeOf(value)];
  const added = call.ints(1);
  const rank = sides.length + added.length;
  const axes = node.axes(added, rank);
  if (new Set(axes).size < axes.length) {
    throw node.refuse('axes that differ', 'input 1', added);
  }
  const shape = inOrder(rank).map((axis) => (axes.includes(axis) ? 1 : (sides.shift() as number)));
  return withShape(value, shape);
};

/** Removes the given axes, or all of size 1. */
export const Squeeze: Operation = (node) => (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const numbers = call.optionalInts(1);
  const given = numbers && node.axes(numbers, shape.length);
  if (given?.some((axis) => shape[axis] !== 1)) {
    throw node.refuse(`axes of size 1 in [${shape}]`, 'input 1', given);
  }
  const isRemoved = (side: number, axis: number) => given?.includes(axis) ?? side === 1;
  return withShape(
    value,
    shape.filter((side, axis) => !isRemoved(side, axis)),
  );
};

/** Moves blocks of channels into places, [n, c, h, w] → [n, c / b², h · b, w · b]. */
export const DepthToSpace: Operation = (node) => {
  const block = node.number('blocksize', 1);
  const isDepthFirst = node.choice('mode', ['DCR', 'CRD']) === 'DCR';
  return (call) => {
    const value = call.device(0);
    const [batch, channels, height, width] = shapeOf(value) as [number, number, number, number];
    const depth = channels / block ** 2;
    const blocks = isDepthFirst ? [block, block, depth] : [depth, block, block];
    const order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    const split = reshaped(value, [batch, ...blocks, height, width]);
    return reshaped(transposed(split, order), [batch, depth, height * block, width * block]);
  };
};

/** Moves blocks of places into channels, [n, c, h, w] → [n, b² · c, h / b, w / b]. */
export const SpaceToDepth: Operation = (node) => {
  const block = node.number('blocksize', 1);
  return (call) => {
    const value = call.device(0);
    const [batch, channels, height, width] = shapeOf(value) as [number, number, number, number];
    const [rows, columns] = [height / block, width / block];
    const split = reshaped(value, [batch, channels, rows, block, columns, block]);
    const moved = transposed(split, [0, 3, 5, 1, 2, 4]);
    return reshaped(moved, [batch, channels * block ** 2, rows, columns]);
  };
};
