/** Operations on each element by itself. Operands broadcast, and numbers that JavaScript knows are computed there. */
import { tf } from '../../tensorflow/index.js';
import { hostMapped } from '../host.js';
import type { Operation } from '../node.js';
import type { Dtype, Value } from '../values.js';
import { binary, broadcast, type OnNumbers, unary } from './broadcast.js';

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
