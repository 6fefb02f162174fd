/** Runs any op of TensorFlow on tfjs's tensors, also those without a function in tfjs. */
import type * as tf from '@tensorflow/tfjs';
import { expected } from '../errors.js';
import { backend } from './backend.js';
import { runtime } from './configuration.js';
import type { AttributeValue, OpAttribute } from './native-tensorflow.js';

/** An attribute with its type, since a number of JavaScript may be an int or a float for TensorFlow. */
export interface Attribute {
  type: 'string' | 'int' | 'float' | 'bool' | 'shape' | 'dtype';
  /** An array is a list; for `shape` a list is an array of arrays. A dtype is a name such as `'float32'`. */
  value: AttributeValue;
}

/** One operation of TensorFlow, with its inputs and attributes. */
export interface OpCall {
  /** TensorFlow's name, e.g. `FusedBatchNormV3`. */
  name: string;
  inputs: readonly tf.Tensor[];
  attributes?: Readonly<Record<string, Attribute>>;
  /** Number of results, default 1. */
  outputs?: number;
}

/**
 * The op's results as ordinary tensors, which a surrounding `tf.tidy` frees. The op is not recorded for gradients: wrap it
 * in `tf.customGrad` or in a kernel with a registered gradient.
 *
 * @throws an Error with the op's name, TensorFlow's message and its status as `code`.
 */
export function executeOp({ name, inputs, attributes = {}, outputs = 1 }: OpCall): tf.Tensor[] {
  const ids = backend.getInputTensorIds(inputs);
  return runtime()
    .executeOp(name, nativeAttributes(attributes), ids, outputs)
    .map((metadata) => backend.createOutputTensor(metadata));
}

export const nativeAttributes = (attributes: Readonly<Record<string, Attribute>>): OpAttribute[] =>
  Object.entries(attributes).map(([name, { type, value }]) => ({
    name,
    type: attributeTypes[type](),
    value: type === 'dtype' ? dtypeNumbers(value) : value,
  }));

const attributeTypes = {
  string: () => runtime().TF_ATTR_STRING,
  int: () => runtime().TF_ATTR_INT,
  float: () => runtime().TF_ATTR_FLOAT,
  bool: () => runtime().TF_ATTR_BOOL,
  shape: () => runtime().TF_ATTR_SHAPE,
  dtype: () => runtime().TF_ATTR_TYPE,
};

const dtypes: Record<string, () => number> = {
  float32: () => runtime().TF_FLOAT,
  bfloat16: () => runtime().TF_BFLOAT16,
  float16: () => runtime().TF_HALF,
  int32: () => runtime().TF_INT32,
  int64: () => runtime().TF_INT64,
  bool: () => runtime().TF_BOOL,
  uint8: () => runtime().TF_UINT8,
  complex64: () => runtime().TF_COMPLEX64,
  string: () => runtime().TF_STRING,
  resource: () => runtime().TF_RESOURCE,
};

function dtypeNumbers(value: AttributeValue): AttributeValue {
  if (Array.isArray(value)) {
    return value.map((name) => dtypeNumber(String(name)));
  }
  return dtypeNumber(String(value));
}

/** TensorFlow's number for a dtype by name. */
export function dtypeNumber(name: string): number {
  const number = dtypes[name];
  if (number === undefined) {
    throw expected(`one of ${Object.keys(dtypes).join(', ')}`, 'a dtype attribute', name);
  }
  return number();
}
