/** Operations over numbers that JavaScript knows: views of rows of numbers by strides, as in NumPy. */
import { expected } from '../errors.js';
import { type Dtype, type HostValue, inOrder, sizeOf } from './values.js';

interface View {
  shape: readonly number[];
  /** By how many numbers an element lies from the next one on each axis. */
  strides: readonly number[];
  /** Of the first element. */
  offset?: number;
}

export const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** The most numbers of a value that JavaScript computes. They take 64 MiB, far more than shapes and indices need. */
export const mostNumbers = 2 ** 23;

/**
 * The number of elements of a shape.
 *
 * @throws InvalidInputError when a side is negative or a fraction, and for more than {@link mostNumbers} elements
 */
export function lengthOf(shape: readonly number[]): number {
  const length = sizeOf(shape);
  const isShape = shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!isShape || length > mostNumbers) {
    throw expected(
      `a shape of at most ${mostNumbers} numbers`,
      'a value that is known beforehand',
      shape,
    );
  }
  return length;
}

/** The numbers of a view, row-major. */
function viewed({ dtype, values }: HostValue, { shape, strides, offset = 0 }: View): HostValue {
  const own = stridesOf(shape);
  const place = (index: number) =>
    own.reduce(
      (at, stride, axis) =>
        at + (Math.floor(index / stride) % (shape[axis] as number)) * (strides[axis] as number),
      offset,
    );
  const length = lengthOf(shape);
  return {
    dtype,
    shape: [...shape],
    values: Array.from({ length }, (_, index) => values[place(index)] as number),
  };
}

export const hostTransposed = (value: HostValue, permutation: readonly number[]): HostValue => {
  const strides = stridesOf(value.shape);
  return viewed(value, {
    shape: permutation.map((axis) => value.shape[axis] as number),
    strides: permutation.map((axis) => strides[axis] as number),
  });
};

/** Repeats axes of size 1, and adds axes in front. */
export function hostExpanded(value: HostValue, shape: readonly number[]): HostValue {
  const missing = shape.length - value.shape.length;
  const strides = stridesOf(value.shape);
  return viewed(value, {
    shape,
    strides: inOrder(shape.length).map((axis) =>
      axis < missing || value.shape[axis - missing] === 1 ? 0 : (strides[axis - missing] as number),
    ),
  });
}

export interface Steps {
  start: number;
  count: number;
  step: number;
}

/** The elements of each axis that `steps` names. */
export function hostSliced(value: HostValue, steps: readonly Steps[]): HostValue {
  const strides = stridesOf(value.shape);
  return viewed(value, {
    shape: steps.map(({ count }) => count),
    strides: steps.map(({ step }, axis) => step * (strides[axis] as number)),
    offset: steps.reduce((at, { start }, axis) => at + start * (strides[axis] as number), 0),
  });
}

/** Takes the elements with these indices of an axis; the indices' axes replace it. */
export function hostGathered(value: HostValue, indices: HostValue, axis: number): HostValue {
  const { dtype, shape, values } = value;
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis] as number;
  const outer = sizeOf(shape.slice(0, axis));
  const gathered = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
  lengthOf(gathered);
  const taken = inOrder(outer).flatMap((row) =>
    indices.values.flatMap((index) => {
      const at = (row * size + index) * inner;
      return values.slice(at, at + inner);
    }),
  );
  return { dtype, shape: gathered, values: taken };
}

/**
 * Puts numbers into places of a copy.
 *
 * @param places of the first number of each row, in row-major order
 * @param rows as many rows as places, all of one length
 */
export function hostScattered(
  value: HostValue,
  places: readonly number[],
  rows: HostValue,
): HostValue {
  const values = [...value.values];
  const length = rows.values.length / places.length;
  for (const [row, place] of places.entries()) {
    for (let i = 0; i < length; i++) {
      values[place + i] = rows.values[row * length + i] as number;
    }
  }
  return { ...value, values };
}

export function hostConcatenated(parts: readonly HostValue[], axis: number): HostValue {
  const [first] = parts as [HostValue];
  const shape = [...first.shape];
  shape[axis] = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
  lengthOf(shape);
  const others = (sides: readonly number[]) => String(sides.filter((_, at) => at !== axis));
  const fits = (part: HostValue) =>
    part.shape.length === shape.length && others(part.shape) === others(shape);
  if (!parts.every(fits)) {
    const shapes = parts.map((part) => part.shape);
    throw expected(`shapes that differ on axis ${axis} alone`, 'the operands', shapes);
  }
  const outer = sizeOf(first.shape.slice(0, axis));
  const rows = inOrder(outer).flatMap((row) =>
    parts.flatMap(({ shape, values }) => {
      const length = sizeOf(shape.slice(axis));
      return values.slice(row * length, (row + 1) * length);
    }),
  );
  return { dtype: first.dtype, shape, values: rows };
}

/** A number as a value of the type stores it. */
export const stored = (value: number, dtype: Dtype): number => {
  if (dtype === 'float32') {
    return Math.fround(value);
  }
  return dtype === 'bool' ? Number(value !== 0) : Math.trunc(value);
};

/**
 * The shape to which shapes broadcast, as in NumPy.
 *
 * @throws InvalidInputError if they do not
 */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return inOrder(rank).map((axis) => {
    const sides = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const side = sides.find((each) => each !== 1) ?? 1;
    if (sides.some((each) => each !== 1 && each !== side)) {
      throw expected('shapes that broadcast', 'the operands', shapes);
    }
    return side;
  });
}

/** Computes each element of the result from the elements of the operands, which broadcast. */
export function hostMapped(
  operands: readonly HostValue[],
  dtype: Dtype,
  compute: (...numbers: [number, number, number]) => number,
): HostValue {
  const shape = broadcastShape(operands.map((operand) => operand.shape));
  const rows = operands.map((operand) =>
    String(operand.shape) === String(shape) ? operand.values : hostExpanded(operand, shape).values,
  );
  const length = lengthOf(shape);
  const values = Array.from({ length }, (_, index) =>
    stored(compute(...(rows.map((row) => row[index]) as [number, number, number])), dtype),
  );
  return { dtype, shape, values };
}

/** Reduces axes by a function of two numbers. */
export function hostReduced(
  value: HostValue,
  reduced: readonly number[],
  { keepsAxes, compute }: { keepsAxes: boolean; compute: (a: number, b: number) => number },
): HostValue {
  const { dtype, shape } = value;
  const kept = inOrder(shape.length).filter((axis) => !reduced.includes(axis));
  const { values } = hostTransposed(value, [...kept, ...reduced]);
  const sides = kept.map((axis) => shape[axis] as number);
  const count = values.length / sizeOf(sides);
  return {
    dtype,
    shape: keepsAxes ? shape.map((side, axis) => (reduced.includes(axis) ? 1 : side)) : sides,
    values: inOrder(sizeOf(sides)).map((row) =>
      values.slice(row * count, (row + 1) * count).reduce((a, b) => compute(a, b)),
    ),
  };
}
