/** Operations on each element by itself. Operands broadcast, and numbers that JavaScript knows are computed there. */
import { tf } from '../../tensorflow/index.js';
import { broadcastable } from '../axes.js';
import { hostMapped } from '../host.js';
import type { Operation } from '../node.js';
import {
  type DeviceValue,
  type Dtype,
  inOrder,
  isHost,
  onDevice,
  sizeOf,
  type Value,
} from '../values.js';

type OnTensor = (x: tf.Tensor) => tf.Tensor;
type OnNumber = (x: number) => number;
type OnTensors = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type OnNumbers = (a: number, b: number) => number;

/** Applies a function to each element of a value. */
export function mapped(value: Value, onTensor: OnTensor, onNumber?: OnNumber): Value {
  if (onNumber !== undefined && isHost(value)) {
    return hostMapped([value], value.dtype, onNumber);
  }
  const { tensor, axes } = onDevice(value);
  return { tensor: onTensor(tensor), axes };
}

/** An operation of one operand, without attributes. */
export const unary =
  (onTensor: OnTensor, onNumber?: OnNumber): Operation =>
  () =>
  (call) =>
    mapped(call.value(0), onTensor, onNumber);

/** Computes with tensors whose axes lie as those of the largest one do. */
export function broadcast(
  values: readonly Value[],
  compute: (...tensors: tf.Tensor[]) => tf.Tensor,
): DeviceValue {
  const operands = values.map(onDevice);
  const sizes = operands.map((operand) => sizeOf(operand.tensor.shape));
  const largest = operands[sizes.indexOf(Math.max(...sizes))] as DeviceValue;
  const rank = Math.max(...operands.map(({ axes }) => axes.length));
  const missing = rank - largest.axes.length;
  const axes = [...inOrder(missing), ...largest.axes.map((axis) => axis + missing)];
  return { tensor: compute(...operands.map((each) => broadcastable(each, axes))), axes };
}

/** An operation of two operands, or of more from left to right. @param dtype of the result, if not that of the operands */
export const binary =
  (onTensors: OnTensors, onNumbers: OnNumbers, dtype?: Dtype): Operation =>
  () =>
  (call) =>
    call.inputs
      .map((_, input) => call.value(input))
      .reduce((a, b) =>
        isHost(a) && isHost(b)
          ? hostMapped([a, b], dtype ?? a.dtype, onNumbers)
          : broadcast([a, b], onTensors as (...tensors: tf.Tensor[]) => tf.Tensor),
      );

const flagged = (is: (a: number, b: number) => boolean): OnNumbers => {
  return (a, b) => Number(is(a, b));
};

export const Add = binary(tf.add, (a, b) => a + b);
export const Sub = binary(tf.sub, (a, b) => a - b);
export const Mul = binary(tf.mul, (a, b) => a * b);
/** Of whole numbers, the quotient without its fraction. */
export const Div = binary(tf.div, (a, b) => a / b);
export const Pow = binary(tf.pow, (a, b) => a ** b);
export const Min = binary(tf.minimum, Math.min);
export const Max = binary(tf.maximum, Math.max);
export const Sum = Add;

export const Equal = binary(
  tf.equal,
  flagged((a, b) => a === b),
  'bool',
);
export const Less = binary(
  tf.less,
  flagged((a, b) => a < b),
  'bool',
);
export const LessOrEqual = binary(
  tf.lessEqual,
  flagged((a, b) => a <= b),
  'bool',
);
export const Greater = binary(
  tf.greater,
  flagged((a, b) => a > b),
  'bool',
);
export const GreaterOrEqual = binary(
  tf.greaterEqual,
  flagged((a, b) => a >= b),
  'bool',
);
export const And = binary(
  tf.logicalAnd,
  flagged((a, b) => a !== 0 && b !== 0),
  'bool',
);
export const Or = binary(
  tf.logicalOr,
  flagged((a, b) => a !== 0 || b !== 0),
  'bool',
);
export const Not = unary(tf.logicalNot, (x) => Number(x === 0));

/** The remainder has the sign of the divisor, or with `fmod` that of the dividend. */
export const Mod: Operation = (node) => (node.flag('fmod', false) ? truncatedMod : floorMod)(node);

const floorMod = binary(tf.mod, (a, b) => a - Math.floor(a / b) * b);
const truncatedMod = binary(
  (a, b) => a.sub(b.mul(truncated(a.div(b)))),
  (a, b) => a % b,
);
const truncated = (x: tf.Tensor) => tf.sign(x).mul(tf.floor(tf.abs(x)));

export const Abs = unary(tf.abs, Math.abs);
export const Neg = unary(tf.neg, (x) => -x);
export const Reciprocal = unary(tf.reciprocal, (x) => 1 / x);
export const Sqrt = unary(tf.sqrt, Math.sqrt);
export const Exp = unary(tf.exp, Math.exp);
export const Log = unary(tf.log, Math.log);
export const Floor = unary(tf.floor, Math.floor);
export const Ceil = unary(tf.ceil, Math.ceil);
export const Round = unary(tf.round);
export const Sign = unary(tf.sign, Math.sign);
export const Sin = unary(tf.sin, Math.sin);
export const Cos = unary(tf.cos, Math.cos);
export const Erf = unary(tf.erf);

export const Where: Operation = () => (call) => {
  const operands = [0, 1, 2].map((input) => call.value(input));
  const hosts = call.hosts();
  return hosts === undefined
    ? broadcast(operands, (condition, x, y) =>
        tf.where(condition as tf.Tensor, x as tf.Tensor, y as tf.Tensor),
      )
    : hostMapped(hosts, (hosts[1] as Value & { dtype: Dtype }).dtype, (condition, x, y) =>
        condition === 0 ? (y as number) : (x as number),
      );
};
