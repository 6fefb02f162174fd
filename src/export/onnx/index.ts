/** The export for ONNX Runtime and other programs that read ONNX: one file that takes levels and gives probabilities. */
import path from 'node:path';
import { readRegular, writePart } from '../../disk/index.js';
import { Program } from '../../graph/index.js';
import { onnxNetwork } from '../../import/index.js';
import type { Classifier } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import { inTwoBatches } from '../batches.js';
import { descriptionOf } from '../description.js';
import type { Computed, ExportFormat, Images } from '../format.js';
import { inputName, type Output, onnxGraph } from './graph.js';
import type { Stored } from './maker.js';
import { bytesOf, modelPieces, nodeField, tensorField, valueField } from './messages.js';

/** The newest that Bobbin reads, and that has GELU as an operation. */
const opset = 20;

const modelFile = 'model.onnx';
const dataFile = 'model.onnx.data';

/** A protocol buffer is read up to 2 GB: longer weights lie in a file of their own. */
const mostBytes = 2 ** 31 - 2 ** 24;

export const onnx: ExportFormat = {
  name: 'onnx',
  help: 'one file for ONNX Runtime and other programs',
  // Only the order of sums differs from Bobbin's.
  bound: () => 1e-4,
  write: (classifier, folder) => writeOnnx(classifier, folder),
  compute,
};

/**
 * Writes `model.onnx`, and where the weights have more than `most` bytes `model.onnx.data` beside it.
 *
 * @throws InvalidInputError when a layer cannot be expressed, by its name
 */
export async function writeOnnx(
  classifier: Classifier,
  folder: string,
  most = mostBytes,
): Promise<void> {
  const { nodes, tensors, outputs } = onnxGraph(classifier);
  const { crop } = classifier.preprocessing;
  const { fields, data } = tensorFields(tensors, most);
  const graph = [
    ...nodes.flatMap(nodeField),
    ...fields,
    ...valueField(11, inputName, ['batch', 3, crop, crop]),
    ...outputs.flatMap(({ name, classes }) => valueField(12, name, ['batch', classes.length])),
  ];
  const metadata = {
    classes: JSON.stringify(classesOf(outputs)),
    preprocessing: JSON.stringify(descriptionOf(classifier).preprocessing),
  };
  const pieces = modelPieces({ graph, name: classifier.network, opset, metadata });
  await writePart(path.join(folder, modelFile), pieces);
  if (data.length > 0) {
    await writePart(path.join(folder, dataFile), data);
  }
}

const classesOf = (outputs: readonly Output[]) =>
  Object.fromEntries(outputs.map(({ name, classes }) => [name, classes]));

/** The tensors of a graph: in it, or if they are too long floats in a file of their own. */
function tensorFields(
  tensors: readonly Stored[],
  most: number,
): { fields: Uint8Array[]; data: Uint8Array[] } {
  const bytes = tensors.reduce((sum, { values }) => sum + 4 * values.length, 0);
  const data: Uint8Array[] = [];
  let offset = 0;
  const fields = tensors.flatMap((tensor) => {
    if (bytes <= most || tensor.dtype !== 'float32') {
      return tensorField(tensor);
    }
    const content = bytesOf(tensor);
    const field = tensorField(tensor, { file: dataFile, offset });
    data.push(content);
    offset += content.byteLength;
    return field;
  });
  return { fields, data };
}

/** By Bobbin's own reader of ONNX files. */
async function compute(folder: string, images: Images): Promise<Computed> {
  const file = path.join(folder, modelFile);
  const { graph, weights } = await onnxNetwork(await readRegular(file), file);
  const program = new Program(graph, graph.outputs);
  const kept = program.weights.map(({ name, axes }) => {
    const { values, shape } = weights.get(name) ?? { values: new Float32Array(), shape: [] };
    return tf.tidy(() => tf.tensor(values, shape).transpose([...axes]));
  });
  try {
    const probabilities = inTwoBatches(images, (levels) => program.run(levels, kept));
    return { probabilities, by: "Bobbin's import of ONNX files" };
  } finally {
    tf.dispose(kept);
  }
}
