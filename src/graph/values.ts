/** The values between operations: tensors of TensorFlow, or numbers that JavaScript knows while it traces. */
import { tf } from '../tensorflow/index.js';
import type { GraphConstant } from './graph.js';

/**
 * A tensor whose axes may lie in another order than the network's: axis i of the network is axis `axes[i]` of the tensor. An
 * image [n, c, h, w] as TensorFlow stores it, [n, h, w, c], has the axes 0, 3, 1, 2. So most transpositions cost nothing.
 */
export interface DeviceValue {
  tensor: tf.Tensor;
  axes: readonly number[];
  /** The weight of the network that the value is, unchanged. */
  variable?: tf.LayerVariable;
  /** The value without the zeros that Pad added to it, which a convolution may add by itself. */
  unpadded?: { value: DeviceValue; margins: readonly Margin[] };
}

/** Numbers of elements before and after those of an axis. */
export type Margin = readonly [before: number, after: number];

/** Shapes, axes, indices and scalars. They are computed in JavaScript, so that shapes are known when a graph is traced. */
export type HostValue = GraphConstant;

export type Value = DeviceValue | HostValue;

export type Dtype = HostValue['dtype'];

export const isHost = (value: Value): value is HostValue => 'values' in value;

/** In the network's order of axes. */
export const shapeOf = (value: Value): number[] =>
  isHost(value) ? value.shape : value.axes.map((axis) => value.tensor.shape[axis] as number);

export const dtypeOf = (value: Value): Dtype =>
  isHost(value) ? value.dtype : (value.tensor.dtype as Dtype);

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/** 0, 1, 2, … */
export const inOrder = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

/** A tensor whose axes are in the network's order. */
export const ordered = (tensor: tf.Tensor): DeviceValue => ({
  tensor,
  axes: inOrder(tensor.rank),
});

export const onDevice = (value: Value): DeviceValue =>
  isHost(value) ? ordered(tf.tensor(value.values, value.shape, value.dtype)) : value;

export const hostInts = (values: number[], shape = [values.length]): HostValue => ({
  dtype: 'int32',
  shape,
  values,
});

/** An axis counted from the front; negative ones count from the end. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
