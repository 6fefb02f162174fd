/** Reads ONNX files, of opsets 9 to 20: https://onnx.ai/onnx/intro/concepts.html */
import { expected, missing } from '../../errors.js';
import type { ImportedNetwork, ImportFormat } from '../format.js';
import { type GivenPreprocessing, usualSide } from '../preprocessing.js';
import { build } from './build.js';
import { inputOf, outputOf, sideOf } from './interface.js';
import { metadataOf } from './metadata.js';
import { networkOf } from './network.js';
import { notesOn } from './notes.js';
import { opsets } from './opsets.js';
import { type ModelProto, model } from './proto.js';
import { damaged, WireReader } from './wire.js';

export const onnx: ImportFormat = {
  name: 'onnx',
  title: 'ONNX',
  // The first field, a varint, is the version of the format; the second one of the fields 2 to 14 follows.
  looksLike: (bytes) =>
    bytes[0] === 8 && (bytes[1] ?? 0) < 32 && [0, 2].includes((bytes[2] ?? 1) & 7),
  read: readOnnx,
};

async function readOnnx(
  bytes: Buffer,
  file: string,
  given: GivenPreprocessing = {},
): Promise<ImportedNetwork> {
  const proto = new WireReader(bytes, file).message<ModelProto>(model);
  const { graph: content } = proto;
  if (content === undefined) {
    throw missing('a graph', file, damaged);
  }
  const opset = opsetOf(proto, file);
  const { preprocessing, ...metadata } = await metadataOf(proto, file, given);
  const input = inputOf(content, file);
  const { name, others } = outputOf(content, file);
  const request = { proto: content, opset, input, outputs: [name], file };
  const { nodes, outputs, tensors } = await build(request);
  const size = sideOf(input) ?? preprocessing.size ?? usualSide;
  const [output = name] = outputs;
  const { classes, ...network } = networkOf({ input, nodes, output, tensors, size });
  const { labels, reference } = metadata;
  return {
    ...producerOf(proto),
    preprocessing: { ...preprocessing, size },
    ...network,
    ...(labels?.length === classes && { labels }),
    notes: notesOn(nodes, { classes, labels, others }),
    ...(reference && { reference }),
  };
}

/** @throws InvalidInputError for an opset that Bobbin does not read */
export function opsetOf({ opsetImport = [] }: ModelProto, file: string): number {
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
