/** Operations that reduce axes: sums, means, extremes and norms. */
import { tf } from '../../tensorflow/index.js';
import { withoutAxes } from '../axes.js';
import { hostReduced } from '../host.js';
import type { Operation } from '../node.js';
import { inOrder, isHost, onDevice, shapeOf } from '../values.js';

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** @param onNumbers of two numbers, where numbers that JavaScript knows are reduced, too */
const reduction =
  (reduce: Reduce, onNumbers?: (a: number, b: number) => number): Operation =>
  (node) => {
    const keepsAxes = node.flag('keepdims', true);
    const keepsAll = node.flag('noop_with_empty_axes', false);
    return (call) => {
      const value = call.value(0);
      const rank = shapeOf(value).length;
      const given = node.axes(call.optionalInts(1) ?? [], rank);
      const reduced = given.length === 0 && !keepsAll ? inOrder(rank) : given;
      if (isHost(value) && onNumbers !== undefined) {
        return hostReduced(value, reduced, { keepsAxes, compute: onNumbers });
      }
      const { tensor, axes } = onDevice(value);
      const places = reduced.map((axis) => axes[axis] as number);
      return {
        tensor: reduce(tensor, places, keepsAxes),
        axes: keepsAxes ? axes : withoutAxes(axes, reduced),
      };
    };
  };

export const ReduceSum = reduction(tf.sum, (a, b) => a + b);
export const ReduceMean = reduction(tf.mean);
export const ReduceProd = reduction(tf.prod, (a, b) => a * b);
export const ReduceMax = reduction(tf.max, Math.max);
export const ReduceMin = reduction(tf.min, Math.min);
export const ReduceL1 = reduction((x, ...rest) => tf.sum(tf.abs(x), ...rest));
export const ReduceL2 = reduction((x, ...rest) => tf.sqrt(tf.sum(tf.square(x), ...rest)));
export const ReduceSumSquare = reduction((x, ...rest) => tf.sum(tf.square(x), ...rest));
export const ReduceLogSumExp = reduction(tf.logSumExp);

/** Sums up along an axis; `exclusive` leaves an element out of its own sum. */
export const CumSum: Operation = (node) => {
  const isExclusive = node.flag('exclusive', false);
  const isReversed = node.flag('reverse', false);
  return (call) => {
    const { tensor, axes } = call.device(0);
    const axis = axes[node.axis(call.ints(1)[0] as number, axes.length)];
    return { tensor: tf.cumsum(tensor, axis, isExclusive, isReversed), axes };
  };
};
