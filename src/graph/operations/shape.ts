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
    const permutation = given ?? inOrder(shapeOf(value).length).reverse();
    return isHost(value) ? hostTransposed(value, permutation) : transposed(value, permutation);
  };
};

const inShape = (value: Value, shape: number[]): Value =>
  isHost(value) ? { ...value, shape } : reshaped(value, shape);

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
    if (sizeOf(shape) !== sizeOf(before) || !shape.every(Number.isInteger)) {
      throw node.refuse(`a shape for the elements of [${before}]`, 'input 1', sides);
    }
    return inShape(value, shape);
  };
};

export const Flatten: Operation = (node) => {
  const axis = node.number('axis', 1);
  return (call) => {
    const value = call.value(0);
    const shape = shapeOf(value);
    const at = fromFront(axis, shape.length);
    return inShape(value, [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))]);
  };
};

export const Unsqueeze: Operation = () => (call) => {
  const value = call.value(0);
  const sides = [...shapeOf(value)];
  const added = call.ints(1);
  const rank = sides.length + added.length;
  const axes = added.map((axis) => fromFront(axis, rank));
  const shape = inOrder(rank).map((axis) => (axes.includes(axis) ? 1 : (sides.shift() as number)));
  return inShape(value, shape);
};

/** Removes the given axes, or all of size 1. */
export const Squeeze: Operation = () => (call) => {
  const value = call.value(0);
  const shape = shapeOf(value);
  const given = call.optionalInts(1)?.map((axis) => fromFront(axis, shape.length));
  const isRemoved = (side: number, axis: number) => given?.includes(axis) ?? side === 1;
  return inShape(
    value,
    shape.filter((side, axis) => !isRemoved(side, axis)),
  );
};
