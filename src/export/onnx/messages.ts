/** Writes ONNX's messages: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import type { GraphNode } from '../../graph/index.js';
import { bytesField, floatField, intField, piecesField } from '../../protobuf.js';
import type { Stored } from './maker.js';

type Pieces = Uint8Array[];

const text = (field: number, value: string): number[] => bytesField(field, Buffer.from(value));

const message = (field: number, ...parts: readonly number[][]): Pieces => [
  Uint8Array.from(bytesField(field, parts.flat())),
];

/** Attributes that are floats even where their value is a whole number. */
const floats = new Set([
  'alpha',
  'beta',
  'cubic_coeff_a',
  'epsilon',
  'extrapolation_value',
  'momentum',
]);

/** ONNX's numbers of attributes' types. */
const kinds = { float: 1, int: 2, text: 3, floats: 6, ints: 7, texts: 8 } as const;

function attributeField(name: string, value: GraphNode['attributes'][string]): number[] {
  const of = (kind: keyof typeof kinds, ...parts: readonly number[][]) =>
    bytesField(5, [...text(1, name), ...parts.flat(), ...intField(20, kinds[kind])]);
  const isFloat = (number: number) => floats.has(name) || !Number.isInteger(number);
  if (typeof value === 'number') {
    return isFloat(value) ? of('float', floatField(2, value)) : of('int', [...intField(3, value)]);
  }
  if (typeof value === 'string') {
    return of('text', text(4, value));
  }
  const list = value as readonly (number | string)[];
  if (list.some((each) => typeof each === 'string')) {
    return of('texts', ...list.map((each) => text(9, `${each}`)));
  }
  const numbers = list as readonly number[];
  return numbers.some(isFloat)
    ? of('floats', ...numbers.map((number) => floatField(7, number)))
    : of('ints', ...numbers.map((number) => element(8, number)));
}

/** A number of a list, where zero is written, too. */
const element = (field: number, value: number): number[] =>
  value === 0 ? [field << 3, 0] : intField(field, value);

export const nodeField = ({ name, operation, inputs, outputs, attributes }: GraphNode): Pieces =>
  message(
    1,
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, name),
    text(4, operation),
    ...Object.entries(attributes).map(([key, value]) => attributeField(key, value)),
  );

/** ONNX's numbers of types. */
const types = { float32: 1, int32: 7, bool: 9 } as const;

/** Where the values of a tensor lie, in bytes, if in another file. */
export interface Place {
  file: string;
  offset: number;
}

/** A tensor with its values, or with their place. */
export function tensorField({ name, dtype, shape, values }: Stored, place?: Place): Pieces {
  const head = Uint8Array.from([
    ...shape.flatMap((side) => element(1, side)),
    ...intField(2, types[dtype]),
    ...text(8, name),
  ]);
  const bytes = bytesOf({ dtype, values });
  const content =
    place === undefined ? piecesField(9, [bytes]) : placeFields(place, bytes.byteLength);
  return piecesField(5, [head, ...content]);
}

function placeFields({ file, offset }: Place, length: number): Pieces {
  const entries = { location: file, offset: `${offset}`, length: `${length}` };
  const fields = Object.entries(entries).map(([key, value]) => [
    ...text(1, key),
    ...text(2, value),
  ]);
  return [
    Uint8Array.from([...fields.flatMap((entry) => bytesField(13, entry)), ...intField(14, 1)]),
  ];
}

/** The values of a tensor as the file has them, little-endian. */
export function bytesOf({ dtype, values }: Pick<Stored, 'dtype' | 'values'>): Uint8Array {
  if (dtype === 'bool') {
    return Uint8Array.from(values);
  }
  if (dtype === 'int32') {
    const wide = BigInt64Array.from(Array.from(values, wideInteger));
    return new Uint8Array(wide.buffer);
  }
  const numbers = values instanceof Float32Array ? values : Float32Array.from(values);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** The largest number of 64 bits, "the end" in a Slice, was rounded up when it was read. */
const wideInteger = (value: number): bigint => (value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value));

/** A side of a value: a number, or a name for any length. */
type Side = number | string;

/** An input or an output of floats. @param field 11 for an input, 12 for an output */
export const valueField = (field: 11 | 12, name: string, shape: readonly Side[]): Pieces => {
  const sides = shape.flatMap((side) =>
    bytesField(1, typeof side === 'number' ? intField(1, side) : text(2, side)),
  );
  const tensor = [...intField(1, types.float32), ...bytesField(2, sides)];
  return message(field, text(1, name), bytesField(2, bytesField(1, tensor)));
};

interface ModelParts {
  /** The fields of the graph but for its name. */
  graph: Pieces;
  name: string;
  opset: number;
  metadata: Readonly<Record<string, string>>;
}

/** A model. The format's version 9 is that of the opset 20. */
export const modelPieces = ({ graph, name, opset, metadata }: ModelParts): Pieces => [
  Uint8Array.from([...intField(1, 9), ...text(2, 'bobbin')]),
  ...piecesField(7, [...graph, Uint8Array.from(text(2, name))]),
  ...message(8, intField(2, opset)),
  ...Object.entries(metadata).flatMap(([key, value]) => message(14, text(1, key), text(2, value))),
];
