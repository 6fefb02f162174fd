/** Writes ONNX files of any content, also of such that no exporter writes. */

/** A field of a protobuf message: its number, and a whole number, a text, bytes or messages. */
export type Field = [number: number, value: number | string | Uint8Array];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + 128);
  }
  return Buffer.from([...bytes, rest]);
}

export const message = (...fields: Field[]): Buffer =>
  Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') {
        return [varint(8 * number), varint(value)];
      }
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return [varint(8 * number + 2), varint(bytes.length), bytes];
    }),
  );

export interface Tensor {
  name: string;
  dims: number[];
  /** 1 for float32, 7 for int64, … */
  type?: number;
  bytes?: Uint8Array;
  /** Of a tensor outside: `location`, `offset` and `length`. */
  external?: Record<string, string>;
}

export const tensor = ({ name, dims, type = 1, bytes, external }: Tensor): Buffer =>
  message(
    ...dims.map((side): Field => [1, side]),
    [2, type],
    [8, name],
    ...(bytes ? [[9, bytes] satisfies Field] : []),
    ...Object.entries(external ?? {}).map(
      ([key, value]): Field => [13, message([1, key], [2, value])],
    ),
    ...(external ? [[14, 1] satisfies Field] : []),
  );

export interface NodeContent {
  operation: string;
  inputs: string[];
  outputs: string[];
  domain?: string;
  /** The attributes as messages. */
  attributes?: Uint8Array[];
}

export const node = ({
  operation,
  inputs,
  outputs,
  domain,
  attributes = [],
}: NodeContent): Buffer =>
  message(
    ...inputs.map((name): Field => [1, name]),
    ...outputs.map((name): Field => [2, name]),
    [4, operation],
    ...attributes.map((attribute): Field => [5, attribute]),
    ...(domain ? [[7, domain] satisfies Field] : []),
  );

export interface ModelContent {
  nodes: Buffer[];
  tensors?: Buffer[];
  opset?: number;
  /** Of the input; −1 for a side without a length. */
  shape?: number[];
  outputs?: string[];
}

/** A file whose input is called `x`. */
export function model({
  nodes,
  tensors = [],
  opset = 17,
  shape = [-1, 3, 8, 8],
  outputs = ['y'],
}: ModelContent): Buffer {
  const dims = shape.map((side): Field => [1, side < 0 ? message([2, 'n']) : message([1, side])]);
  const type = message([1, message([1, 1], [2, message(...dims)])]);
  const graph = message(
    ...nodes.map((each): Field => [1, each]),
    ...tensors.map((each): Field => [5, each]),
    [11, message([1, 'x'], [2, type])],
    ...outputs.map((name): Field => [12, message([1, name])]),
  );
  return message([1, 8], [7, graph], [8, message([2, opset])]);
}
