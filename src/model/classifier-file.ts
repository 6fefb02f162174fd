/** Saves and loads classifiers in tfjs's layers format; a save is complete or did not happen. */

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkArgument, text } from '../arguments.js';
import { isObject, readRegular, sealed, sha256, writeWhole, writing } from '../disk/index.js';
import { expected } from '../errors.js';
import { native } from '../native.js';
import { checkPreprocessing } from '../pipeline/index.js';
import { tf } from '../tensorflow/index.js';
import { aClassifier, type BuiltClassifier, built, type Classifier } from './classifier.js';
import { nonFiniteWeight } from './finite-weights.js';
import { areHeads, areTexts, outputsOf } from './heads.js';
import { isSides } from './networks/record.js';
import type { NamedTensors } from './weights/index.js';
import { parseModelJson, type WeightsGroup } from './weights/model-json.js';

/** The part of a classifier's `model.json` that tfjs does not know, in `userDefinedMetadata`. */
type Metadata = Omit<Classifier, 'model'> & {
  /** For who opens the file: why plain tfjs does not load it. */
  needs?: string;
};

/**
 * Writes `model.json` and the weights file it names into `folder`, replacing an earlier classifier.
 * The weights carry their hash in their name, so renaming `model.json` into place commits both at once. The JSON has the
 * whole hash, and is sealed.
 *
 * @throws InvalidInputError when an argument is missing or of another kind, and when a weight is not finite; `folder` then
 *   stays as it is
 */
export async function saveClassifier(classifier: Classifier, folder: string): Promise<void> {
  checkArgument('classifier', classifier, aClassifier);
  checkArgument('folder', folder, text('the path of a folder'));
  const { model } = classifier;
  checkWeights(model, 'a classifier');
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
      const hash = sha256(weights);
      const weightsFile = `weights-${hash.slice(0, 16)}.bin`;
      const group: WeightsGroup = {
        paths: [weightsFile],
        weights: artifacts.weightSpecs as tf.io.WeightsManifestEntry[],
        sha256: hash,
      };
      const json = { ...descriptionOf(classifier), weightsManifest: [group] };
      await writeWhole(path.join(folder, weightsFile), weights);
      await writeWhole(path.join(folder, 'model.json'), sealed(json));
      await removeOtherWeights(folder, weightsFile);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
}

/** All of a classifier but its weights, for JSON; {@link describedClassifier} is the way back. */
export function descriptionOf(classifier: Classifier) {
  const { model, ...record } = classifier;
  const { network, imported, classes, heads, preprocessing } = record;
  const { task, fold, validationImages, leftOut, epoch } = record;
  const metadata: Metadata = {
    network,
    imported,
    classes,
    heads,
    preprocessing,
    task,
    fold,
    validationImages,
    leftOut,
    epoch,
    ...needsOf(model),
  };
  return {
    format: 'layers-model',
    generatedBy: 'Bobbin',
    modelTopology: model.toJSON(null, false),
    userDefinedMetadata: metadata,
  };
}

/** What a model needs beside tfjs, by the layers and activations that say so of themselves. */
function needsOf({ layers }: tf.LayersModel): Pick<Metadata, 'needs'> {
  const parts = layers.flatMap((layer) => [layer, (layer as { activation?: object }).activation]);
  const own = parts.filter((part) => (part as { needsBobbin?: boolean })?.needsBobbin);
  const names = new Set(own.map((part) => (part as tf.layers.Layer).getClassName()));
  return own.length === 0
    ? {}
    : { needs: `Bobbin's loadClassifier: plain tfjs does not compute ${[...names].join(', ')}.` };
}

async function removeOtherWeights(folder: string, keep: string): Promise<void> {
  const old = (await readdir(folder)).filter(
    (name) => /^weights-[0-9a-f]{16}\.bin/.test(name) && name !== keep,
  );
  const files = old.map((name) => path.join(folder, name));
  await Promise.all(files.map((file) => writing(file, () => rm(file))));
}

/**
 * Reads a classifier that {@link saveClassifier} wrote, and checks its files by their hashes.
 *
 * @param remedy how to replace a damaged model, as a sentence
 * @throws InvalidInputError when `folder` does not hold such a classifier, or when it is damaged
 */
export async function readClassifier(
  folder: string,
  remedy = 'Save the model again, or copy it again from where it is whole',
): Promise<BuiltClassifier> {
  const file = path.join(folder, 'model.json');
  const bytes = await readRegular(file).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? expected('a saved classifier', 'folder', folder, 'It has no model.json')
      : cause;
  });
  const { json, weightSpecs, data } = await parseModelJson(bytes, file, remedy);
  return await classifierOf({ ...json, weightSpecs, weightData: data.buffer }, file, remedy);
}

/**
 * The classifier of a description that {@link descriptionOf} made, with weights by their names in the model, each in memory of
 * its own, as files are read.
 *
 * @param file where the description is from
 * @param remedy how to replace a damaged one, as a sentence
 * @throws InvalidInputError when it is damaged or the weights are others
 */
export async function describedClassifier(
  description: Record<string, unknown>,
  weights: NamedTensors,
  { file, remedy }: { file: string; remedy: string },
): Promise<BuiltClassifier> {
  const weightSpecs = [...weights].map(([name, { shape }]) => {
    return { name, shape, dtype: 'float32' as const };
  });
  const weightData = [...weights.values()].map(({ values }) => values.buffer as ArrayBuffer);
  return await classifierOf({ ...description, weightSpecs, weightData }, file, remedy);
}

/** What a description and its weights say, before it is checked. */
type Artifacts = Pick<tf.io.ModelArtifacts, 'weightSpecs' | 'weightData'> & {
  modelTopology?: unknown;
  userDefinedMetadata?: unknown;
};

async function classifierOf(
  artifacts: Artifacts,
  file: string,
  remedy: string,
): Promise<BuiltClassifier> {
  const metadata = renamed(artifacts.userDefinedMetadata);
  if (!isMetadata(metadata)) {
    throw expected(
      'network, classes and preprocessing in userDefinedMetadata',
      file,
      metadata,
      'Only models that Bobbin saved carry them',
    );
  }
  const model = await build(artifacts, file, remedy);
  try {
    checkModel(model, metadata, file);
  } catch (error) {
    model.dispose();
    throw error;
  }
  const { network, imported, classes, heads, preprocessing } = metadata;
  const { task, fold, validationImages, leftOut, epoch } = metadata;
  return built({
    model,
    network,
    ...(imported !== undefined && { imported }),
    classes,
    ...(heads !== undefined && { heads }),
    preprocessing,
    ...(task !== undefined && { task }),
    ...(fold !== undefined && { fold }),
    ...(validationImages !== undefined && { validationImages }),
    ...(leftOut !== undefined && { leftOut }),
    ...(epoch !== undefined && { epoch }),
  });
}

/** Version 0.1.0 called a classifier's network its `architecture`. */
const renamed = (metadata: unknown): unknown =>
  isObject(metadata) && typeof metadata.architecture === 'string'
    ? { network: metadata.architecture, ...metadata }
    : metadata;

function isMetadata(value: unknown): value is Metadata {
  return (
    isObject(value) &&
    typeof value.network === 'string' &&
    (value.imported === undefined || isImported(value.imported)) &&
    areTexts(value.classes) &&
    (value.heads === undefined || areHeads(value.heads, value.classes.length)) &&
    isObject(value.preprocessing) &&
    isOptionalText(value.task) &&
    isOptionalText(value.validationImages) &&
    (value.leftOut === undefined || areTexts(value.leftOut)) &&
    isOptionalNumber(value.fold) &&
    isOptionalNumber(value.epoch)
  );
}

const isImported = (value: unknown): boolean =>
  isObject(value) && isObject(value.source) && isSides(value.sides);

const isOptionalNumber = (value: unknown): boolean =>
  ['number', 'undefined'].includes(typeof value);

const isOptionalText = (value: unknown): boolean =>
  value === undefined || typeof value === 'string';

async function build(
  { modelTopology, weightSpecs, weightData }: Artifacts,
  file: string,
  remedy: string,
): Promise<tf.LayersModel> {
  if (!isObject(modelTopology) || !isObject(modelTopology.config)) {
    throw expected('a modelTopology with a config', file, modelTopology, remedy);
  }
  // An addon that cannot be loaded is no fault of the model.
  native();
  try {
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  } catch (error) {
    throw expected('layers that tfjs can build', file, (error as Error).message, remedy);
  }
}

/**
 * Checks that the model takes images of its preprocessing, yields a probability for each class, and has finite weights. An
 * axis of the model that is null may have any length.
 */
function checkModel(model: tf.LayersModel, metadata: Metadata, file: string): void {
  const { classes, heads, preprocessing } = metadata;
  checkPreprocessing(preprocessing, `${file}: preprocessing`);
  const shapes = [...model.inputs, ...model.outputs].map(({ shape }) => shape);
  const { crop } = preprocessing;
  const wanted = [
    [null, crop, crop, 3],
    [null, classes.length],
  ];
  const fits = wanted.every(
    (sizes, index) =>
      shapes[index]?.length === sizes.length &&
      sizes.every((size, axis) => [size, null].includes(shapes[index]?.[axis] as number | null)),
  );
  if (!fits || shapes.length !== wanted.length) {
    throw expected(`an input and an output of ${JSON.stringify(wanted)}`, file, shapes);
  }
  const parts = outputsOf(model).map((part) => part.shape.at(-1));
  const columns = heads?.map(({ from, to }) => to - from);
  if (columns !== undefined && String(parts) !== String(columns)) {
    throw expected(`heads of ${columns.join(', ')} classes`, file, parts);
  }
  checkWeights(model, file);
}

function checkWeights(model: tf.LayersModel, owner: string): void {
  const bad = nonFiniteWeight(model);
  if (bad !== undefined) {
    const remedy = 'Its training diverged: train it again with smaller steps';
    throw expected('finite numbers', `the weight ${bad.name} of ${owner}`, bad.value, remedy);
  }
}
