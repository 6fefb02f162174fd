/** Activation functions. */
import { tf } from '../../tensorflow/index.js';
import { arranged, memoryOrder } from '../axes.js';
import type { Operation } from '../node.js';
import { broadcast, mapped, unary } from './broadcast.js';

export const Relu = unary(tf.relu, (x) => Math.max(0, x));
export const Sigmoid = unary(tf.sigmoid);
export const Tanh = unary(tf.tanh, Math.tanh);
export const Softplus = unary(tf.softplus);
export const Mish = unary((x) => x.mul(tf.tanh(tf.softplus(x))));

/** x · relu6(x + 3) / 6: https://arxiv.org/abs/1905.02244. */
export const HardSwish = unary((x) => x.mul(tf.relu6(x.add(3)).mul(1 / 6)));

export const HardSigmoid: Operation = (node) => {
  const alpha = node.number('alpha', 0.2);
  const beta = node.number('beta', 0.5);
  return (call) => mapped(call.value(0), (x) => tf.clipByValue(x.mul(alpha).add(beta), 0, 1));
};

export const LeakyRelu: Operation = (node) => {
  const alpha = node.number('alpha', 0.01);
  return (call) => mapped(call.value(0), (x) => tf.leakyRelu(x, alpha));
};

export const Elu: Operation = (node) => {
  node.only('alpha', 1);
  return (call) => mapped(call.value(0), tf.elu);
};

/** The slope below zero is a weight, which broadcasts to the input. */
export const PRelu: Operation = () => (call) =>
  broadcast([call.value(0), call.value(1)], tf.prelu as (...tensors: tf.Tensor[]) => tf.Tensor);

/** x · Φ(x), with the normal distribution's Φ or its approximation by tanh: https://arxiv.org/abs/1606.08415. */
export const Gelu: Operation = (node) => {
  const isApproximate = node.choice('approximate', ['none', 'tanh']) === 'tanh';
  const share = isApproximate
    ? (x: tf.Tensor) => tf.tanh(x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI)))
    : (x: tf.Tensor) => tf.erf(x.mul(Math.SQRT1_2));
  return (call) => mapped(call.value(0), (x) => x.mul(share(x).add(1).mul(0.5)));
};

export const Clip: Operation = () => (call) => {
  const low = call.optionalInts(1)?.[0] ?? Number.NEGATIVE_INFINITY;
  const high = call.optionalInts(2)?.[0] ?? Number.POSITIVE_INFINITY;
  return mapped(
    call.value(0),
    (x) => clipped(x, low, high),
    (x) => Math.min(high, Math.max(low, x)),
  );
};

/** By the op that has the shortest gradient. */
function clipped(x: tf.Tensor, low: number, high: number): tf.Tensor {
  if (low === 0 && high === 6) {
    return tf.relu6(x);
  }
  if (low === 0 && high === Number.POSITIVE_INFINITY) {
    return tf.relu(x);
  }
  return tf.clipByValue(x, low, high);
}

/** TensorFlow's op takes the last axis in memory. */
const alongAxis =
  (compute: (x: tf.Tensor) => tf.Tensor): Operation =>
  (node) => {
    const axis = node.number('axis', -1);
    return (call) => {
      const value = call.device(0);
      const along = node.axis(axis, value.axes.length);
      const order = [...memoryOrder(value.axes).filter((each) => each !== along), along];
      return { tensor: compute(arranged(value, order)), axes: memoryOrder(order) };
    };
  };

export const Softmax = alongAxis(tf.softmax);
export const LogSoftmax = alongAxis(tf.logSoftmax);
