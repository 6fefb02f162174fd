/** The largest value or the mean of a window that moves over images and sequences, or of all places. */
import { tf } from '../../tensorflow/index.js';
import { imageOf, ofImage } from '../axes.js';
import type { Node, Operation } from '../node.js';
import {
  isSame,
  padded,
  paddedInFull,
  paddingsOf,
  type Sides,
  sharesOf,
  sides,
  type Window,
  windowOf,
} from './window.js';

function poolOf(node: Node): { window: Window; kernel: Sides } {
  const window = windowOf(node);
  if (window.dilations.some((dilation) => dilation !== 1)) {
    throw node.refuse('no dilation', 'dilations', window.dilations);
  }
  return {
    window: { ...window, isCeiled: node.flag('ceil_mode', false) },
    kernel: sides(node, 'kernel_shape', node.numbers('kernel_shape', []), 1),
  };
}

export const MaxPool: Operation = (node) => {
  const { window, kernel } = poolOf(node);
  node.only('storage_order', 0);
  return (call) => {
    const value = call.device(0);
    const image = imageOf(value);
    const paddings = paddingsOf(window, kernel, image);
    const input = padded(image, paddings, Number.NEGATIVE_INFINITY);
    const pad = isSame(paddings) ? 'same' : 'valid';
    return ofImage(tf.maxPool(input, kernel, window.strides, pad), value.axes.length);
  };
};

export const AveragePool: Operation = (node) => {
  const { window, kernel } = poolOf(node);
  const countsPadding = node.flag('count_include_pad', false);
  return (call) => {
    const value = call.device(0);
    const image = imageOf(value);
    const paddings = paddingsOf(window, kernel, image);
    const shares = sharesOf(paddings, kernel, countsPadding);
    const input = paddedInFull(image, paddings, 0);
    const mean = tf.avgPool(input, kernel, window.strides, 'valid');
    const counted = shares === undefined ? mean : tf.div<tf.Tensor4D>(mean, shares);
    return ofImage(counted, value.axes.length);
  };
};

/** Keeps the axes of the places, with size 1. */
const globalPool =
  (reduce: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor): Operation =>
  () =>
  (call) => {
    const { tensor, axes } = call.device(0);
    return { tensor: reduce(tensor, axes.slice(2), true), axes };
  };

export const GlobalAveragePool = globalPool(tf.mean);
export const GlobalMaxPool = globalPool(tf.max);
