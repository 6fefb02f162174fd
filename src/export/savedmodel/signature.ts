/** Signatures: https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/core/protobuf/meta_graph.proto */
import { intField, piecesField } from '../../protobuf.js';
import { type Pieces, shapeField, text, types } from './nodes.js';

/** A tensor of the graph that a signature names. */
export interface Named {
  /** Its name in the signature. */
  name: string;
  /** Its name in the graph, `node:index`. */
  tensor: string;
  type: 'float32' | 'string';
  /** Null for a side of any length. */
  shape: readonly (number | null)[];
}

interface Signature {
  name: string;
  inputs: readonly Named[];
  outputs: readonly Named[];
}

/** An entry of a MetaGraphDef's signatures. */
export const signatureField = ({ name, inputs, outputs }: Signature): Pieces =>
  piecesField(5, [
    text(1, name),
    ...piecesField(2, [
      ...inputs.flatMap((each) => namedField(1, each)),
      ...outputs.flatMap((each) => namedField(2, each)),
      text(3, 'tensorflow/serving/predict'),
    ]),
  ]);

const namedField = (field: number, { name, tensor, type, shape }: Named): Pieces =>
  piecesField(field, [
    text(1, name),
    ...piecesField(2, [
      text(1, tensor),
      Uint8Array.from(intField(2, types[type])),
      shapeField(3, shape),
    ]),
  ]);
