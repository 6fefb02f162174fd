/** Reads ONNX files, of opsets 9 to 20: https://onnx.ai/onnx/intro/concepts.html */
import { expected, missing } from '../../errors.js';
import type { Graph } from '../../graph/index.js';
import type { ImportedNetwork, ImportFormat } from '../format.js';
import { usualSide } from '../preprocessing.js';
import { sidesOf } from '../sides.js';
import { build } from './build.js';
import { featuresOf } from './head.js';
import { inputOf, outputOf, sideOf } from './interface.js';
import { metadataOf } from './metadata.js';
import { notesOn } from './notes.js';
import { opsets } from './opsets.js';
import { type ModelProto, model } from './proto.js';
import { weightsAndConstants } from './weights.js';
import { damaged, WireReader } from './wire.js';

export const onnx: ImportFormat = {
  name: 'onnx',
  title: 'ONNX',
  // The first field, a varint, is the version of the format; the second one of the fields 2 to 14 follows.
  looksLike: (bytes) =>
    bytes[0] === 8 && (bytes[1] ?? 0) < 32 && [0, 2].includes((bytes[2] ?? 1) & 7),
  read: readOnnx,
};

async function readOnnx(bytes: Buffer, file: string): Promise<ImportedNetwork> {
  const proto = new WireReader(bytes, file).message<ModelProto>(model);
  const { graph: content } = proto;
  if (content === undefined) {
    throw missing('a graph', file, damaged);
  }
  const opset = opsetOf(proto, file);
  const { preprocessing, ...metadata } = await metadataOf(proto, file);
  const input = inputOf(content, file);
  const { name, others } = outputOf(content, file);
  const built = await build({ proto: content, opset, input, outputs: [name], file });
  const [logits = name] = built.outputs;
  const features = featuresOf(built.nodes, logits, built.tensors);
  const nodes = [...built.nodes, ...features.nodes];
  const { values: weights, ...tensors } = weightsAndConstants(nodes, built.tensors);
  const graph: Graph = { input, nodes, outputs: [logits], ...tensors };
  const size = sideOf(input) ?? preprocessing.size ?? usualSide;
  const { labels, reference } = metadata;
  return {
    ...producerOf(proto),
    preprocessing: { ...preprocessing, size },
    sides: sidesOf(graph, features.value, size),
    features: features.value,
    ...(labels?.length === features.classes && { labels }),
    notes: notesOn(nodes, { classes: features.classes, labels, others }),
    graph,
    weights,
    ...(reference && { reference }),
  };
}

function opsetOf({ opsetImport = [] }: ModelProto, file: string): number {
  const { version = 0 } =
    opsetImport.find(({ domain = '' }) => ['', 'ai.onnx'].includes(domain)) ?? {};
  if (version < opsets.oldest || version > opsets.newest) {
    const remedy = 'Export the network again with opset 17';
    throw expected(`an opset from ${opsets.oldest} to ${opsets.newest}`, file, version, remedy);
  }
  return version;
}

function producerOf({ producerName, producerVersion }: ModelProto): { producer?: string } {
  const producer = [producerName, producerVersion].filter(Boolean).join(' ');
  return producer === '' ? {} : { producer };
}
