/** Nodes of TensorFlow's graphs: https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/core/framework/node_def.proto */
import { bytesField, intField, piecesField } from '../../protobuf.js';
import type { tf } from '../../tensorflow/index.js';

/** Parts of a message, one after the other. */
export type Pieces = Uint8Array[];

/** TensorFlow's numbers for types. */
export const types = { float32: 1, int32: 3, string: 7, bool: 10 } as const;

type Type = keyof typeof types;

export const text = (field: number, value: string): Uint8Array =>
  Uint8Array.from(bytesField(field, Buffer.from(value)));

/** A TensorShapeProto; null for a side of any length. */
const shapeMessage = (shape: readonly (number | null)[]): number[] =>
  shape.flatMap((side) => bytesField(2, intField(1, side ?? -1)));

/** A TensorInfo or TensorProto begins with the type and the shape. */
export const shapeField = (field: number, shape: readonly (number | null)[]): Uint8Array =>
  Uint8Array.from(bytesField(field, shapeMessage(shape)));

/** The values of attributes. */
export const attribute = {
  type: (type: Type): Pieces => [Uint8Array.from(intField(6, types[type]))],
  shape: (shape: readonly (number | null)[]): Pieces => [shapeField(7, shape)],
  tensor: (tensor: Pieces): Pieces => piecesField(8, tensor),
};

interface NodeParts {
  name: string;
  op: string;
  inputs?: readonly string[];
  attributes: Readonly<Record<string, Pieces>>;
}

/** A node as a field of a GraphDef. */
export function nodeField({ name, op, inputs = [], attributes }: NodeParts): Pieces {
  const entries = Object.entries(attributes).flatMap(([key, value]) =>
    piecesField(5, [text(1, key), ...piecesField(2, value)]),
  );
  const names = inputs.map((input) => text(3, input));
  return piecesField(1, [text(1, name), text(2, op), ...names, ...entries]);
}

/** A constant of the values of a tensor. */
export function constantField(name: string, tensor: tf.Tensor): Pieces {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  const content = new Uint8Array(buffer, byteOffset, byteLength);
  return storedField(name, tensor.dtype as Type, tensor.shape, piecesField(4, [content]));
}

export const integersField = (name: string, shape: readonly number[], values: Int32Array): Pieces =>
  storedField(name, 'int32', shape, piecesField(4, [new Uint8Array(values.buffer)]));

/** A constant of texts, [texts]. */
export const textsField = (name: string, texts: readonly string[]): Pieces =>
  storedField(
    name,
    'string',
    [texts.length],
    texts.map((each) => text(8, each)),
  );

function storedField(name: string, type: Type, shape: readonly number[], values: Pieces): Pieces {
  const head = [Uint8Array.from(intField(1, types[type])), shapeField(2, shape)];
  const value = attribute.tensor([...head, ...values]);
  return nodeField({ name, op: 'Const', attributes: { dtype: attribute.type(type), value } });
}
