/** The messages of ONNX files, as https://github.com/onnx/onnx/blob/main/onnx/onnx.proto has them: what Bobbin reads of them. */
import type { Fields } from './wire.js';

export interface ModelProto {
  producerName?: string;
  producerVersion?: string;
  graph?: GraphProto;
  opsetImport?: { domain?: string; version?: number }[];
  metadata?: { key?: string; value?: string }[];
}

export interface GraphProto {
  node?: NodeProto[];
  initializer?: TensorProto[];
  sparseInitializer?: Buffer[];
  input?: ValueProto[];
  output?: ValueProto[];
}

export interface NodeProto {
  input?: string[];
  output?: string[];
  name?: string;
  operation?: string;
  attribute?: AttributeProto[];
  domain?: string;
}

export interface AttributeProto {
  name?: string;
  f?: number;
  i?: number;
  s?: Buffer;
  t?: TensorProto;
  /** A graph: not read, since the operations that have one are refused. */
  g?: Buffer;
  graphs?: Buffer[];
  floats?: Buffer[];
  ints?: Buffer[];
  strings?: Buffer[];
  sparse?: Buffer;
  type?: number;
}

export interface TensorProto {
  dims?: Buffer[];
  dataType?: number;
  floatData?: Buffer[];
  int32Data?: Buffer[];
  int64Data?: Buffer[];
  uint64Data?: Buffer[];
  doubleData?: Buffer[];
  name?: string;
  rawData?: Buffer;
  externalData?: { key?: string; value?: string }[];
  dataLocation?: number;
}

export interface ValueProto {
  name?: string;
  type?: { tensor?: { shape?: { dim?: { value?: number; name?: string }[] } } };
}

const entry: Fields = { 1: ['key', 'text'], 2: ['value', 'text'] };

const tensor: Fields = {
  1: ['dims', 'ints'],
  2: ['dataType', 'int'],
  4: ['floatData', 'floats'],
  5: ['int32Data', 'ints'],
  7: ['int64Data', 'ints'],
  8: ['name', 'text'],
  9: ['rawData', 'bytes'],
  10: ['doubleData', 'doubles'],
  11: ['uint64Data', 'ints'],
  13: ['externalData', entry, 'list'],
  14: ['dataLocation', 'int'],
};

const attribute: Fields = {
  1: ['name', 'text'],
  2: ['f', 'float'],
  3: ['i', 'int'],
  4: ['s', 'bytes'],
  5: ['t', tensor],
  6: ['g', 'bytes'],
  7: ['floats', 'floats'],
  8: ['ints', 'ints'],
  9: ['strings', 'bytes', 'list'],
  11: ['graphs', 'bytes', 'list'],
  20: ['type', 'int'],
  22: ['sparse', 'bytes'],
};

const node: Fields = {
  1: ['input', 'text', 'list'],
  2: ['output', 'text', 'list'],
  3: ['name', 'text'],
  4: ['operation', 'text'],
  5: ['attribute', attribute, 'list'],
  7: ['domain', 'text'],
};

const dimension: Fields = { 1: ['value', 'int'], 2: ['name', 'text'] };

const value: Fields = {
  1: ['name', 'text'],
  2: ['type', { 1: ['tensor', { 2: ['shape', { 1: ['dim', dimension, 'list'] }] }] }],
};

const graph: Fields = {
  1: ['node', node, 'list'],
  5: ['initializer', tensor, 'list'],
  11: ['input', value, 'list'],
  12: ['output', value, 'list'],
  15: ['sparseInitializer', 'bytes', 'list'],
};

export const model: Fields = {
  2: ['producerName', 'text'],
  3: ['producerVersion', 'text'],
  7: ['graph', graph],
  8: ['opsetImport', { 1: ['domain', 'text'], 2: ['version', 'int'] }, 'list'],
  14: ['metadata', entry, 'list'],
};
