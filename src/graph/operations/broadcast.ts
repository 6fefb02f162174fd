/** What operations on each element share: operands broadcast, and numbers that JavaScript knows are computed there. */
import type { tf } from '../../tensorflow/index.js';
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
export type OnNumbers = (a: number, b: number) => number;

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
