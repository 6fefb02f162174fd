/** Reads tfjs's layers format: a `model.json` and the weights files that it names. */
import path from 'node:path';
import { type ByteSource, openSealed, sha256 } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import type { tf } from '../../tensorflow/index.js';
import { withFileBeside } from './beside.js';
import { widenFloat16 } from './floats.js';
import { elementsOf, type NamedTensors, type WeightsFormat } from './format.js';
import { readJsonBytes } from './json-bytes.js';

/** What a `model.json` and its weights files say. */
export interface ModelJson {
  json: tf.io.ModelJSON;
  weightSpecs: tf.io.WeightsManifestEntry[];
  /** The values in the order of `weightSpecs`. */
  data: Uint8Array<ArrayBuffer>;
}

/** As tensorflowjs_converter makes it of Keras's models, and as Bobbin saves classifiers. */
export const modelJson: WeightsFormat = {
  name: 'a tfjs model.json',
  looksLike(bytes) {
    const beginning = bytes.toString('latin1');
    return (
      /^\s*\{\s*"/.test(beginning) &&
      !beginning.includes('\0') &&
      !/^\s*\{\s*"(metadata|weight_map)"/.test(beginning)
    );
  },
  read: async (source) => floatsOf(await parseModelJson(await readJsonBytes(source), source.file)),
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
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const data = await readWeights(groups, file, remedy);
  return { json, weightSpecs, data };
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
      throw expected(
        'a name, a shape, a known dtype and quantization',
        `each weight in ${file}`,
        wrong,
        remedy,
      );
    }
  }
  const parts = groups.flatMap(({ paths }) => paths);
  if (new Set(parts).size < parts.length) {
    throw expected('each weights file once', `paths in ${file}`, parts, remedy);
  }
}

const isSpec = (spec: tf.io.WeightsManifestEntry | null): boolean =>
  typeof spec?.name === 'string' &&
  Object.hasOwn(numberBytes, spec.dtype) &&
  Array.isArray(spec.shape) &&
  spec.shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
  (spec.quantization === undefined || isQuantization(spec.quantization));

const isQuantization = ({ dtype, scale, min }: Quantization): boolean =>
  dtype === 'float16' ||
  ((dtype === 'uint8' || dtype === 'uint16') && Number.isFinite(scale) && Number.isFinite(min));

type Quantization = NonNullable<tf.io.WeightsManifestEntry['quantization']>;

const numberBytes: Record<string, number> = { float32: 4, int32: 4, bool: 1 };
const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 };

const byteLength = ({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number =>
  elementsOf(shape) *
  (quantization ? quantizedBytes[quantization.dtype] : (numberBytes[dtype] as number));

/** The bytes of all weights files, one after the other. */
async function readWeights(
  groups: WeightsGroup[],
  file: string,
  remedy: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const withPart = <Result>(name: string, work: (part: ByteSource) => Promise<Result>) =>
    withFileBeside(file, name, remedy, work);
  const length = groups
    .flatMap(({ weights }) => weights)
    .reduce((n, spec) => n + byteLength(spec), 0);
  let found = 0;
  for (const name of groups.flatMap(({ paths }) => paths)) {
    found += await withPart(name, async ({ size }) => size);
  }
  if (found !== length) {
    throw expected(`${length} bytes of weights`, file, found, remedy);
  }
  const data = new Uint8Array(length);
  let end = 0;
  for (const group of groups) {
    const start = end;
    for (const name of group.paths) {
      await withPart(name, async (part) => {
        await part.readInto(data.subarray(end, end + part.size), 0);
        end += part.size;
      });
    }
    checkHash(group, data.subarray(start, end), file, remedy);
  }
  return data;
}

function checkHash(group: WeightsGroup, bytes: Uint8Array, file: string, remedy: string): void {
  const hash = group.sha256 ?? /^weights-([0-9a-f]{16})\.bin$/.exec(group.paths[0] ?? '')?.[1];
  if (hash !== undefined && !sha256(bytes).startsWith(hash)) {
    const parts = group.paths.map((name) => path.join(path.dirname(file), name));
    throw expected('the content that Bobbin wrote', parts.join(', '), 'other content', remedy);
  }
}

/** The float32 tensors by name; quantised ones are widened. */
export function floatsOf({ weightSpecs, data }: ModelJson): NamedTensors {
  const tensors: NamedTensors = new Map();
  let at = 0;
  for (const spec of weightSpecs) {
    const end = at + byteLength(spec);
    if (spec.dtype === 'float32') {
      tensors.set(spec.name, {
        shape: spec.shape,
        values: floatsIn(data, at, end, spec.quantization),
      });
    }
    at = end;
  }
  return tensors;
}

/** The values that the bytes from `start` to `end` stand for: those bytes themselves if nothing speaks against it. */
function floatsIn(
  data: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
  quantization?: Quantization,
): Float32Array {
  // A typed array of wider numbers needs an aligned start.
  if (quantization === undefined) {
    return start % 4 === 0
      ? new Float32Array(data.buffer, start, (end - start) / 4)
      : new Float32Array(data.slice(start, end).buffer);
  }
  const { dtype, scale = 1, min = 0 } = quantization;
  const bytes = data.slice(start, end);
  const levels = dtype === 'uint8' ? bytes : new Uint16Array(bytes.buffer);
  const values = new Float32Array(levels.length);
  if (levels instanceof Uint16Array && dtype === 'float16') {
    widenFloat16(levels, values);
    return values;
  }
  for (let i = 0; i < levels.length; i++) {
    values[i] = (levels[i] as number) * scale + min;
  }
  return values;
}
