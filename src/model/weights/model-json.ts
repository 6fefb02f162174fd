/** Reads tfjs's layers format: a `model.json` and the weights files that it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedTensors, WeightsFormat } from './format.js';

/** What a `model.json` and its weights files say. */
export interface ModelJson {
  json: tf.io.ModelJSON;
  weightSpecs: tf.io.WeightsManifestEntry[];
  /** The values in the order of `weightSpecs`. */
  data: Uint8Array;
}

/** As tensorflowjs_converter makes it of Keras's models, and as Bobbin saves classifiers. */
export const modelJson: WeightsFormat = {
  name: 'a tfjs model.json',
  looksLike(bytes) {
    const beginning = bytes.toString('latin1', 0, 64);
    return /^\s*\{\s*"/.test(beginning) && !beginning.includes('\0');
  },
  read: async (bytes, file) => tensorsOf(await parseModelJson(bytes, file)),
};

/**
 * Reads the weights files that a `model.json` of this content names.
 *
 * @throws InvalidInputError when the content is not such JSON, or when the weights files have another
 *   length than it says
 */
export async function parseModelJson(bytes: Buffer, file: string): Promise<ModelJson> {
  const json = parse(bytes, file);
  if (!Array.isArray(json.weightsManifest)) {
    throw expected('a weightsManifest', file, 'none');
  }
  const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
  const parts = json.weightsManifest.flatMap(({ paths }) => paths);
  const data = Buffer.concat(await Promise.all(parts.map((part) => readPart(file, part))));
  const length = weightSpecs.reduce((sum, spec) => sum + byteLength(spec), 0);
  if (data.length !== length) {
    throw expected(`${length} bytes of weights`, file, data.length);
  }
  return { json, weightSpecs, data: new Uint8Array(data) };
}

function parse(bytes: Buffer, file: string): tf.io.ModelJSON {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw expected('JSON', file, 'other text', (error as Error).message);
  }
}

const byteLength = ({ shape, quantization }: tf.io.WeightsManifestEntry): number =>
  tf.util.sizeFromShape(shape) * (quantization ? quantizedBytes[quantization.dtype] : 4);

const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 };

async function readPart(file: string, part: string): Promise<Buffer> {
  if (path.basename(part) !== part) {
    throw expected('a plain file name', `paths in ${file}`, part);
  }
  return readFile(path.join(path.dirname(file), part));
}

function tensorsOf({ weightSpecs, data }: ModelJson): NamedTensors {
  const decoded = tf.io.decodeWeights(data.buffer as ArrayBuffer, weightSpecs);
  const floats = Object.entries(decoded).filter(([, { dtype }]) => dtype === 'float32');
  const tensors: NamedTensors = new Map(
    floats.map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: tensor.dataSync<'float32'>() },
    ]),
  );
  tf.dispose(decoded);
  return tensors;
}
