/** Reads tfjs's layers format: a `model.json` and the weights files it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { tf } from '../../tensorflow/index.js';

/** @throws InvalidInputError when the weights files have another length than `model.json` says */
export async function readModelJson(
  file: string,
): Promise<{ json: tf.io.ModelJSON; weightSpecs: tf.io.WeightsManifestEntry[]; data: Uint8Array }> {
  const json = JSON.parse(await readFile(file, 'utf8')) as tf.io.ModelJSON;
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

const byteLength = ({ shape, quantization }: tf.io.WeightsManifestEntry): number =>
  tf.util.sizeFromShape(shape) * (quantization ? quantizedBytes[quantization.dtype] : 4);

const quantizedBytes = { uint8: 1, uint16: 2, float16: 2 };

async function readPart(file: string, part: string): Promise<Buffer> {
  if (path.basename(part) !== part) {
    throw expected('a plain file name', `paths in ${file}`, part);
  }
  return readFile(path.join(path.dirname(file), part));
}
