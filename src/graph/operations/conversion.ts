/** Operations that convert types, and those that make numbers of shapes. */
import { tf } from '../../tensorflow/index.js';
import { lengthOf, stored } from '../host.js';
import type { Operation } from '../node.js';
import { type Dtype, dtypeOf, isHost, type Value } from '../values.js';

/** By ONNX's numbers of types (TensorProto.DataType). Bobbin has one type for all floats, and one for all whole numbers. */
const dtypes: Readonly<Record<number, Dtype>> = {
  1: 'float32',
  2: 'int32',
  3: 'int32',
  4: 'int32',
  5: 'int32',
  6: 'int32',
  7: 'int32',
  9: 'bool',
  10: 'float32',
  11: 'float32',
  12: 'int32',
  13: 'int32',
  16: 'float32',
};

function converted(value: Value, dtype: Dtype): Value {
  if (dtypeOf(value) === dtype) {
    return value;
  }
  if (isHost(value)) {
    return { ...value, dtype, values: value.values.map((each) => stored(each, dtype)) };
  }
  return { tensor: tf.cast(value.tensor, dtype), axes: value.axes };
}

export const Cast: Operation = (node) => {
  const to = node.number('to', 1);
  node.ignore('saturate');
  const dtype = dtypes[to];
  if (dtype === undefined) {
    throw node.refuse('the number of a float, an integer or a bool', 'to', to);
  }
  return (call) => converted(call.value(0), dtype);
};

export const CastLike: Operation = (node) => {
  node.ignore('saturate');
  return (call) => converted(call.value(0), dtypeOf(call.value(1)));
};

/** From a start up to a limit, which is left out. */
export const Range: Operation = () => (call) => {
  const [start, limit, step] = [0, 1, 2].map((input) => call.ints(input)[0]) as [
    number,
    number,
    number,
  ];
  const length = lengthOf([Math.max(0, Math.ceil((limit - start) / step))]);
  const values = Array.from({ length }, (_, i) => start + i * step);
  return { dtype: call.host(0).dtype, shape: [length], values };
};
