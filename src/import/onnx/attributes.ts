/** The attributes of an ONNX node as plain values. */
import { expected } from '../../errors.js';
import type { GraphNode } from '../../graph/index.js';
import type { AttributeProto, NodeProto, TensorProto } from './proto.js';
import { intsIn } from './wire.js';

/** The number that `type` has for each kind. */
const types = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** The operations that have a tensor as an attribute, called `value`. */
const ofTensors: readonly (string | undefined)[] = ['Constant', 'ConstantOfShape'];

/**
 * The attributes, without the tensor that `Constant` and `ConstantOfShape` have.
 *
 * @param name of the node and its file, for errors
 * @throws InvalidInputError for graphs, which branches and loops have, and for types that no operation of ours has
 */
export function attributesOf(
  { attribute = [], operation }: NodeProto,
  name: string,
): { plain: GraphNode['attributes']; tensor: TensorProto | undefined } {
  const plain: GraphNode['attributes'] = {};
  let tensor: TensorProto | undefined;
  for (const each of attribute) {
    if (each.g !== undefined || each.graphs !== undefined) {
      const remedy = 'Export the network for one size of images, so that it has no branches';
      throw expected('an operation without a graph of its own', name, operation, remedy);
    }
    if (each.type === types.tensor && ofTensors.includes(operation)) {
      tensor = each.t;
    } else {
      plain[each.name ?? ''] = plainValue(each, name);
    }
  }
  return { plain, tensor };
}

function plainValue(
  { f = 0, i = 0, s, floats = [], ints = [], strings = [], type, name: key }: AttributeProto,
  name: string,
): number | string | number[] | string[] {
  switch (type) {
    case types.float:
      return f;
    case types.int:
      return i;
    case types.string:
      return s?.toString() ?? '';
    case types.floats: {
      const bytes = Buffer.concat(floats);
      return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readFloatLE(4 * index));
    }
    case types.ints:
      return intsIn(ints, `${key} of ${name}`);
    case types.strings:
      return strings.map((text) => text.toString());
    default:
      throw expected('a number, a text or a list of them', `${key} of ${name}`, `type ${type}`);
  }
}
