/** Writes the layers and weights of a classifier as tfjs loads them: `model.json` and shards. */
import path from 'node:path';
import { makeFolder, writePart } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { type Classifier, descriptionOf } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import { type QuantizedType, quantized, type StoredWeight } from './quantize.js';

/** Bytes of a shard: what tfjs's converter writes, since browsers keep files of this size in their cache. */
const shardBytes = 4 * 1024 * 1024;

/**
 * Writes `folder/model.json`, tfjs's layers format, and the shards of its weights.
 *
 * @returns the bytes of the weights
 * @throws InvalidInputError when plain tfjs does not compute a layer
 */
export async function writeModelJson(
  classifier: Classifier,
  folder: string,
  dtype: QuantizedType | undefined,
): Promise<number> {
  const { userDefinedMetadata, ...json } = descriptionOf(classifier);
  const { needs } = userDefinedMetadata;
  if (needs !== undefined) {
    const what = 'a network whose layers plain tfjs computes';
    throw expected(what, 'a web export', classifier.network, `It needs ${needs}`);
  }
  const stored = await weightsOf(classifier.model);
  const weights = dtype === undefined ? stored : stored.map((weight) => quantized(weight, dtype));
  const bytes = Buffer.concat(weights.map((weight) => weight.bytes));
  const shards = Math.max(1, Math.ceil(bytes.length / shardBytes));
  const paths = Array.from({ length: shards }, (_, index) => `weights-${index + 1}of${shards}.bin`);
  await makeFolder(folder);
  for (const [index, name] of paths.entries()) {
    const shard = bytes.subarray(index * shardBytes, (index + 1) * shardBytes);
    await writePart(path.join(folder, name), shard);
  }
  const weightsManifest = [{ paths, weights: weights.map(({ spec }) => spec) }];
  const content = JSON.stringify({ ...json, weightsManifest });
  await writePart(path.join(folder, 'model.json'), `${content}\n`);
  return bytes.length;
}

/** The weights in the order of tfjs's files. */
async function weightsOf(model: tf.LayersModel): Promise<StoredWeight[]> {
  const weights: StoredWeight[] = [];
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const data = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
      let start = 0;
      for (const spec of artifacts.weightSpecs as tf.io.WeightsManifestEntry[]) {
        const length = 4 * spec.shape.reduce((size, side) => size * side, 1);
        weights.push({ spec, bytes: data.subarray(start, start + length) });
        start += length;
      }
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  return weights;
}
