/** Reads tfjs's layers format: a `model.json` and the weights files that it names. */

import path from 'node:path';
import { openSealed, readRegular, sha256 } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
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

/** One group of a `weightsManifest`, with the hash of its files' bytes in models that Bobbin saved. */
export type WeightsGroup = tf.io.WeightsManifestConfig[number] & { sha256?: string };

/**
 * Reads the weights files that a `model.json` of this content names. Checks the hashes of what Bobbin wrote: of the JSON,
 * and of the weights, of which earlier versions have 16 digits in the file's name.
 *
 * @param remedy how to replace a damaged file, as a sentence
 * @throws InvalidInputError when the content is not such JSON, or when the weights files are missing, have another length
 *   than it says, or have changed since Bobbin wrote them
 */
export async function parseModelJson(
  bytes: Buffer,
  file: string,
  remedy = copyAgain,
): Promise<ModelJson> {
  const json = openSealed(bytes, file, remedy) as unknown as tf.io.ModelJSON;
  const groups: WeightsGroup[] = json.weightsManifest;
  checkManifest(groups, file, remedy);
  const parts = await Promise.all(groups.map((group) => readGroup(group, file, remedy)));
  const data = Buffer.concat(parts.flat());
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const length = weightSpecs.reduce((sum, spec) => sum + byteLength(spec), 0);
  if (data.length !== length) {
    throw expected(`${length} bytes of weights`, file, data.length, remedy);
  }
  return { json, weightSpecs, data: new Uint8Array(data) };
}

const copyAgain = 'Copy the file again from where it came from, with the weights files beside it';

function checkManifest(groups: WeightsGroup[], file: string, remedy: string): void {
  if (!Array.isArray(groups)) {
    throw missing('a weightsManifest', file, remedy);
  }
  for (const group of groups) {
    if (!Array.isArray(group?.paths) || !Array.isArray(group.weights)) {
      throw expected(
        'paths and weights',
        `each group of the weightsManifest in ${file}`,
        group,
        remedy,
      );
    }
    const wrong = group.weights.find((spec) => !isSpec(spec));
    if (wrong !== undefined) {
      throw expected('a name, a shape and a dtype', `each weight in ${file}`, wrong, remedy);
    }
  }
  const parts = groups.flatMap(({ paths }) => paths);
  if (new Set(parts).size < parts.length) {
    throw expected('each weights file once', `paths in ${file}`, parts, remedy);
  }
}

const isSpec = (spec: tf.io.WeightsManifestEntry | null): boolean =>
  typeof spec?.name === 'string' &&
  typeof spec.dtype === 'string' &&
  Array.isArray(spec.shape) &&
  spec.shape.every((size) => Number.isSafeInteger(size) && size >= 0);

const byteLength = ({ shape, quantization }: tf.io.WeightsManifestEntry): number =>
  tf.util.sizeFromShape(shape) * (quantization ? quantizedBytes[quantization.dtype] : 4);

const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 };

async function readGroup(group: WeightsGroup, file: string, remedy: string): Promise<Buffer[]> {
  const parts = group.paths.map((part) => path.join(path.dirname(file), plainName(part, file)));
  const contents = await Promise.all(parts.map((part) => readPart(part, remedy)));
  const hash = group.sha256 ?? /^weights-([0-9a-f]{16})\.bin$/.exec(group.paths[0] ?? '')?.[1];
  if (hash !== undefined && !sha256(...contents).startsWith(hash)) {
    throw expected('the content that Bobbin wrote', parts.join(', '), 'other content', remedy);
  }
  return contents;
}

function plainName(part: string, file: string): string {
  if (typeof part !== 'string' || path.basename(part) !== part) {
    throw expected('a plain file name', `paths in ${file}`, part);
  }
  return part;
}

async function readPart(file: string, remedy: string): Promise<Buffer> {
  return readRegular(file).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? missing(path.basename(file), `the model in ${path.dirname(file)}`, remedy)
      : cause;
  });
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
