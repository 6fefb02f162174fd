/** Products of matrices, and sums of products over axes. */
import { tf } from '../../tensorflow/index.js';
import {
  arranged,
  inNetworkOrder,
  inShape,
  memoryOrder,
  reshaped,
  transposed,
  withoutAxes,
} from '../axes.js';
import { broadcastShape } from '../host.js';
import type { Node, Operation } from '../node.js';
import { type DeviceValue, inOrder, ordered, shapeOf, sizeOf } from '../values.js';
import { broadcast } from './broadcast.js';

/** alpha · A · B + beta · C. */
export const Gemm: Operation = (node) => {
  const alpha = node.number('alpha', 1);
  const beta = node.number('beta', 1);
  const transposesA = node.flag('transA', false);
  const transposesB = node.flag('transB', false);
  const times = (x: tf.Tensor, factor: number) => (factor === 1 ? x : x.mul(factor));
  return (call) => {
    const [a, b] = [call.device(0), call.device(1)].map(inNetworkOrder) as [tf.Tensor, tf.Tensor];
    const product = ordered(times(tf.matMul(a, b, transposesA, transposesB), alpha));
    const c = call.optional(2);
    return c === undefined
      ? product
      : broadcast([product, c], (x, y) => tf.add(x as tf.Tensor, times(y as tf.Tensor, beta)));
  };
};

export const MatMul: Operation = () => (call) => product(call.device(0), call.device(1));

/** As NumPy's matmul. */
function product(a: DeviceValue, b: DeviceValue): DeviceValue {
  const [m, n] = [a.axes.length, b.axes.length];
  if (m === 1 || n === 1) {
    return vectorProduct(a, b);
  }
  return n === 2 ? matrixProduct(a, b) : batchProduct(a, b);
}

/** Of any rank with a matrix: one product of matrices, if the last axis is the last one in memory, too. */
function matrixProduct(a: DeviceValue, b: DeviceValue): DeviceValue {
  const last = a.axes.length - 1;
  const isLast = a.axes[last] === last;
  const order = isLast ? memoryOrder(a.axes) : inOrder(last + 1);
  const tensor = arranged(a, order);
  const inner = tensor.shape[last] as number;
  const rows = inShape(tensor, [tensor.size / inner, inner]);
  const { tensor: matrix, isTransposed } = matrixOf(b);
  const output = tf.matMul(rows, matrix, false, isTransposed);
  const shape = [...tensor.shape.slice(0, -1), output.shape[1] as number];
  return { tensor: inShape(output, shape), axes: memoryOrder(order) };
}

function batchProduct(a: DeviceValue, b: DeviceValue): DeviceValue {
  const batches = [a, b].map((value) => shapeOf(value).slice(0, -2));
  const batch = broadcastShape(batches);
  const [left, right] = [a, b].map(matrixOf) as [Matrices, Matrices];
  const output = tf.matMul(
    repeated(left.tensor, batch),
    repeated(right.tensor, batch),
    left.isTransposed,
    right.isTransposed,
  );
  return ordered(output);
}

interface Matrices {
  tensor: tf.Tensor;
  /** Whether the last two axes are exchanged. */
  isTransposed: boolean;
}

/** The matrices of the last two axes, as they lie in memory. */
function matrixOf(value: DeviceValue): Matrices {
  const { axes } = value;
  const rank = axes.length;
  const isTransposed = (axes[rank - 2] as number) > (axes[rank - 1] as number);
  const order = inOrder(rank - 2);
  order.push(...(isTransposed ? [rank - 1, rank - 2] : [rank - 2, rank - 1]));
  return { tensor: arranged(value, order), isTransposed };
}

/** Repeats matrices to the batch. tfjs's matMul would broadcast, but its gradient would not sum. */
function repeated(matrices: tf.Tensor, batch: number[]): tf.Tensor {
  const shape = [...batch, ...matrices.shape.slice(-2)];
  return String(shape) === String(matrices.shape) ? matrices : tf.broadcastTo(matrices, shape);
}

/** With a vector as a row on the left or a column on the right, whose axis the result has not. */
function vectorProduct(a: DeviceValue, b: DeviceValue): DeviceValue {
  const [isRow, isColumn] = [a, b].map(({ axes }) => axes.length === 1);
  const left = isRow ? reshaped(a, [1, a.tensor.size]) : a;
  const right = isColumn ? reshaped(b, [b.tensor.size, 1]) : b;
  const output = product(left, right);
  const shape = shapeOf(output);
  const rows = isRow ? [] : shape.slice(-2, -1);
  const columns = isColumn ? [] : shape.slice(-1);
  return reshaped(output, [...shape.slice(0, -2), ...rows, ...columns]);
}

/**
 * A sum of products over the axes whose letters the result lacks, of one or two operands: `bhqd,bhkd->bhqk`. It is computed as a
 * product of matrices.
 */
export const Einsum: Operation = (node) => {
  const { terms, output } = termsOf(node);
  return (call) => {
    const operands = terms.map((letters, input) => {
      const others = [output, ...terms.filter((_, other) => other !== input)].join('');
      return summed({ value: call.device(input), letters }, others);
    });
    const result = operands.reduce((a, b) => contracted(a, b, output));
    return transposed(
      result.value,
      [...output].map((letter) => result.letters.indexOf(letter)),
    );
  };
};

/** A value with a letter for each axis. */
interface Lettered {
  value: DeviceValue;
  letters: string;
}

function termsOf(node: Node): { terms: string[]; output: string } {
  const equation = node.text('equation').replaceAll(' ', '');
  const [left = '', output] = equation.split('->');
  const terms = left.split(',');
  const isPlain = [...terms, output ?? '.'].every((term) => {
    return /^[A-Za-z]*$/.test(term) && new Set(term).size === term.length;
  });
  if (!isPlain || terms.length > 2) {
    const what = 'one or two terms of different letters, and a result, such as ij,jk->ik';
    throw node.refuse(what, 'equation', equation);
  }
  return { terms, output: output as string };
}

/** Sums over the axes whose letters are in none of the other terms. */
function summed({ value, letters }: Lettered, others: string): Lettered {
  const alone = inOrder(letters.length).filter((axis) => !others.includes(letters[axis] as string));
  if (alone.length === 0) {
    return { value, letters };
  }
  const { tensor, axes } = value;
  const places = alone.map((axis) => axes[axis] as number);
  return {
    value: { tensor: tf.sum(tensor, places), axes: withoutAxes(axes, alone) },
    letters: [...letters].filter((_, axis) => !alone.includes(axis)).join(''),
  };
}

function contracted(a: Lettered, b: Lettered, output: string): Lettered {
  const shared = [...a.letters].filter((letter) => b.letters.includes(letter));
  const batch = shared.filter((letter) => output.includes(letter));
  const inner = shared.filter((letter) => !output.includes(letter));
  const rows = [...a.letters].filter((letter) => !shared.includes(letter));
  const columns = [...b.letters].filter((letter) => !shared.includes(letter));
  const sides = new Map(
    [a, b].flatMap(({ value, letters }) =>
      shapeOf(value).map((side, axis): [string, number] => [letters[axis] as string, side]),
    ),
  );
  const sidesOf = (letters: string[]) => letters.map((letter) => sides.get(letter) as number);
  const matrices = ({ value, letters }: Lettered, first: string[], second: string[]) => {
    const order = [...batch, ...first, ...second].map((letter) => letters.indexOf(letter));
    const [height, width] = [first, second].map((each) => sizeOf(sidesOf(each)));
    return reshaped(transposed(value, order), [
      ...sidesOf(batch),
      height as number,
      width as number,
    ]);
  };
  const letters = [...batch, ...rows, ...columns];
  const value = product(matrices(a, rows, inner), matrices(b, inner, columns));
  return { value: reshaped(value, sidesOf(letters)), letters: letters.join('') };
}
