/** Saves and loads classifiers in tfjs's layers format; a save is complete or did not happen. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
import { expected } from '../errors.js';
import { tf } from '../tensorflow/index.js';
import type { Classifier } from './classifier.js';
import { parseModelJson } from './weights/model-json.js';

/** The part of a classifier's `model.json` that tfjs does not know, in `userDefinedMetadata`. */
type Metadata = Pick<Classifier, 'architecture' | 'classes' | 'preprocessing'>;

/**
 * Writes `model.json` and the weights file it names into `folder`, replacing an earlier classifier.
 * The weights carry their hash in their name, so renaming `model.json` into place commits both at once.
 */
export async function saveClassifier(classifier: Classifier, folder: string): Promise<void> {
  const { model, architecture, classes, preprocessing } = classifier;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
      const hash = createHash('sha256').update(weights).digest('hex').slice(0, 16);
      const weightsFile = `weights-${hash}.bin`;
      const metadata: Metadata = { architecture, classes, preprocessing };
      const json = {
        format: 'layers-model',
        generatedBy: 'Bobbin',
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: [weightsFile], weights: artifacts.weightSpecs }],
        userDefinedMetadata: metadata,
      };
      await writeWhole(path.join(folder, weightsFile), weights);
      await writeWhole(path.join(folder, 'model.json'), JSON.stringify(json));
      await removeOtherWeights(folder, weightsFile);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
}

async function removeOtherWeights(folder: string, keep: string): Promise<void> {
  const old = (await readdir(folder)).filter(
    (name) => /^weights-[0-9a-f]{16}\.bin/.test(name) && name !== keep,
  );
  await Promise.all(old.map((name) => rm(path.join(folder, name))));
}

/**
 * Reads a classifier that {@link saveClassifier} wrote.
 *
 * @throws InvalidInputError when `folder` does not hold such a classifier, or when it is damaged
 */
export async function loadClassifier(folder: string): Promise<Classifier> {
  const file = path.join(folder, 'model.json');
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? expected('a saved classifier', 'folder', folder, 'It has no model.json')
      : cause;
  });
  const { json, weightSpecs, data } = await parseModelJson(bytes, file);
  const { modelTopology, userDefinedMetadata: metadata } = json;
  if (!isMetadata(metadata)) {
    throw expected(
      'architecture, classes and preprocessing in userDefinedMetadata',
      file,
      metadata,
      'Only models that Bobbin saved carry them',
    );
  }
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs, weightData: data.buffer }),
  );
  const { architecture, classes, preprocessing } = metadata;
  return { model, architecture, classes, preprocessing };
}

function isMetadata(value: unknown): value is Metadata {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { architecture, classes, preprocessing } = value as Partial<Metadata>;
  return (
    typeof architecture === 'string' &&
    Array.isArray(classes) &&
    typeof preprocessing?.crop === 'number'
  );
}
