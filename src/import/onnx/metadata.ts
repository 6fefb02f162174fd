/** What an ONNX file, and the configurations beside it, say of preprocessing, classes and results. */
import path from 'node:path';
import { ifPresent, isObject, parseJson, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { preprocessingOf } from '../../model/index.js';
import type { Preprocessing } from '../../pipeline/index.js';
import type { ImportedNetwork, Reference } from '../format.js';
import type { GivenPreprocessing, KnownPreprocessing } from '../preprocessing.js';
import { referenceImages } from '../reference-images.js';
import type { ModelProto } from './proto.js';
import { transformersPreprocessing } from './transformers.js';

type Metadata = Pick<ImportedNetwork, 'preprocessing' | 'labels' | 'reference'>;

/**
 * Reads the file's own metadata, as `scripts/export-timm.py` writes them: timm's `pretrained_cfg`, `labels` and `reference`, all
 * in JSON. What they lack comes from transformers' `preprocessor_config.json` and `config.json`.
 *
 * @throws InvalidInputError when one of them is not what its program writes
 */
export async function metadataOf(
  { metadata = [] }: ModelProto,
  file: string,
  given: GivenPreprocessing,
): Promise<Metadata> {
  const own = new Map(metadata.map(({ key = '', value = '' }) => [key, value]));
  const read = (key: string): unknown => {
    const text = own.get(key);
    return text === undefined ? undefined : parseJson(text, `${key} in the metadata of ${file}`);
  };
  const timm = preprocessingOf(read('pretrained_cfg'), `pretrained_cfg in ${file}`);
  const labels = labelsOf(read('labels'), `labels in ${file}`) ?? (await besideLabels(file));
  const reference = referenceOf(read('reference'), `reference in ${file}`);
  return {
    preprocessing: timm ? known(timm) : await besidePreprocessing(file, given),
    ...(labels && { labels }),
    ...(reference && { reference }),
  };
}

const known = ({ resize, crop, ...rest }: Preprocessing): KnownPreprocessing => ({
  ...rest,
  size: crop,
  cropShare: crop / resize,
});

async function besidePreprocessing(
  file: string,
  given: GivenPreprocessing,
): Promise<KnownPreprocessing> {
  const processor = await beside(file, 'preprocessor_config.json');
  if (processor !== undefined) {
    return transformersPreprocessing(processor.value, processor.file, given);
  }
  const config = await beside(file, 'config.json');
  const timm = config && preprocessingOf(config.value, config.file);
  return timm ? known(timm) : {};
}

/** transformers' `id2label`: `{ "0": "tench", … }`. */
async function besideLabels(file: string): Promise<string[] | undefined> {
  const config = await beside(file, 'config.json');
  const names = config?.value.id2label;
  if (config === undefined || !isObject(names)) {
    return undefined;
  }
  const ordered = Object.keys(names).map((_, index) => names[index]);
  return labelsOf(ordered, `id2label in ${config.file}`);
}

/** A JSON object in the file's folder, or in the one around it where transformers.js keeps configurations: `onnx/model.onnx`. */
async function beside(
  file: string,
  name: string,
): Promise<{ file: string; value: Record<string, unknown> } | undefined> {
  const folder = path.dirname(path.resolve(file));
  const folders = path.basename(folder) === 'onnx' ? [folder, path.dirname(folder)] : [folder];
  for (const each of folders) {
    const found = path.join(each, name);
    const text = await ifPresent(readText(found));
    if (text !== undefined) {
      const value = parseJson(text, found);
      if (!isObject(value)) {
        throw expected('a JSON object', found, value);
      }
      return { file: found, value };
    }
  }
  return undefined;
}

function labelsOf(value: unknown, name: string): string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!Array.isArray(value) || !value.every((label) => typeof label === 'string')) {
    throw expected('a list of names', name, value);
  }
  return value;
}

function referenceOf(value: unknown, name: string): Reference | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (
    !isObject(value) ||
    !isShape(value.images) ||
    !isShape(value.shape) ||
    !isList(value.outputs)
  ) {
    throw expected('shapes of images and outputs, and outputs', name, value);
  }
  const { images, shape, outputs } = value;
  return {
    images: { shape: images, values: referenceImages(images) },
    outputs: { shape, values: Float32Array.from(outputs) },
  };
}

const isList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number');

/** At most 2²⁴ numbers: images of 16 × 3 × 512 × 512 have fewer. */
const isShape = (value: unknown): value is number[] =>
  isList(value) &&
  value.every((side) => Number.isInteger(side) && side > 0) &&
  value.reduce((product, side) => product * side, 1) <= 1 << 24;
