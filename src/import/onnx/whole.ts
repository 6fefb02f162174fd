/** Reads an ONNX file as it is: with all of its outputs, and its head. */
import { missing } from '../../errors.js';
import type { Graph } from '../../graph/index.js';
import type { NamedTensors } from '../../model/index.js';
import { build } from './build.js';
import { opsetOf } from './index.js';
import { inputOf } from './interface.js';
import { type ModelProto, model } from './proto.js';
import { weightsAndConstants } from './weights.js';
import { damaged, WireReader } from './wire.js';

/**
 * The graph of an ONNX file with its weights.
 *
 * @throws InvalidInputError when the file is damaged, or has something that no graph of ours has
 */
export async function onnxNetwork(
  bytes: Buffer,
  file: string,
): Promise<{ graph: Graph; weights: NamedTensors }> {
  const proto = new WireReader(bytes, file).message<ModelProto>(model);
  const { graph: content } = proto;
  if (content === undefined) {
    throw missing('a graph', file, damaged);
  }
  const input = inputOf(content, file);
  const names = (content.output ?? []).map(({ name = '' }) => name);
  const request = { proto: content, opset: opsetOf(proto, file), input, outputs: names, file };
  const { nodes, outputs, tensors } = await build(request);
  const { values, ...kept } = weightsAndConstants(nodes, tensors);
  return { graph: { input, nodes, outputs, ...kept }, weights: values };
}
