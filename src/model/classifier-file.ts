/** Saves and loads classifiers in tfjs's layers format; a save is complete or did not happen. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
import { expected } from '../errors.js';
import { tf } from '../tensorflow/index.js';
import type { Classifier } from './classifier.js';
import { readModelJson } from './weights/model-json.js';

/** What a classifier's `model.json` carries in `userDefinedMetadata` beside tfjs's own content. */
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
 * Reads what {@link saveClassifier} wrote.
 *
 * @throws InvalidInputError when `folder` holds no such classifier
 */
export async function loadClassifier(folder: string): Promise<Classifier> {
  const file = path.join(folder, 'model.json');
  const { json, weightSpecs, data } = await readModelJson(file).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT' || cause.path !== file) {
        throw cause;
      }
      throw expected('a saved classifier', 'folder', folder, 'It has no model.json');
    },
  );
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
