/** Reads timm's configuration of weights: the pixels that they were trained with, and the names of their head. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import {
  checkPreprocessing,
  type Filter,
  type Fit,
  type Preprocessing,
} from '../../pipeline/index.js';

type Config = Record<string, unknown>;

/** timm's `crop_mode` by name. */
const fits: Record<string, Fit> = { center: 'crop', border: 'pad', squash: 'squash' };
const filters: Record<string, Filter> = { bilinear: 'bilinear', bicubic: 'bicubic' };

/** What fields mean that a configuration lacks: timm's `PretrainedCfg`. */
const timmDefaults = {
  input_size: [3, 224, 224],
  interpolation: 'bicubic',
  crop_pct: 0.875,
  crop_mode: 'center',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * The preprocessing of timm's `pretrained_cfg`, or of the `config.json` that holds it, as timm's
 * `transforms_imagenet_eval` has it (https://huggingface.co/docs/timm/reference/data); undefined if `config` is not timm's.
 *
 * @param file names the configuration in errors
 * @param size side of the input in pixels; by default that of the configuration
 * @throws InvalidInputError when it asks for pixels that Bobbin cannot make
 */
export function preprocessingOf(
  config: unknown,
  file: string,
  size?: number,
): Preprocessing | undefined {
  const given = pretrainedConfig(config);
  if (given === undefined) {
    return undefined;
  }
  const fields = { ...timmDefaults, ...given };
  const { crop_pct: share } = fields;
  if (typeof share !== 'number' || !(share > 0 && share <= 1)) {
    throw expected('a number above 0 and at most 1', `crop_pct in ${file}`, share);
  }
  const crop = size ?? squareSide(fields.input_size, file);
  const preprocessing: Preprocessing = {
    resize: Math.floor(crop / share),
    crop,
    mean: levels(fields.mean, `mean in ${file}`),
    std: levels(fields.std, `std in ${file}`),
    channels: 'rgb',
    filter: wordOf(filters, fields.interpolation, `interpolation in ${file}`),
    fit: wordOf(fits, fields.crop_mode, `crop_mode in ${file}`),
  };
  checkPreprocessing(preprocessing, file);
  return preprocessing;
}

/** Modules that are the head of the weights, of which distilled networks have two: `['head.fc']`. */
export function headsOf(config: unknown): string[] {
  const heads = [pretrainedConfig(config)?.classifier].flat();
  return heads.filter((name) => typeof name === 'string');
}

/** A hub's `config.json` has it as a member; older ones, and a file's metadata, are it. */
function pretrainedConfig(config: unknown): Config | undefined {
  const inner =
    isObject(config) && isObject(config.pretrained_cfg) ? config.pretrained_cfg : config;
  return isObject(inner) && 'input_size' in inner && 'interpolation' in inner ? inner : undefined;
}

function squareSide(size: unknown, file: string): number {
  const [channels, height, width] = Array.isArray(size) ? size : [];
  if (channels !== 3 || height !== width || !Number.isInteger(height)) {
    throw expected(
      '[3, side, side]',
      `input_size in ${file}`,
      size,
      'Bobbin takes square RGB images',
    );
  }
  return height;
}

/** From 0…1 to 0…255, without the noise of the product. */
function levels(values: unknown, name: string): [number, number, number] {
  if (!Array.isArray(values) || values.length !== 3 || !values.every(Number.isFinite)) {
    throw expected('three numbers', name, values);
  }
  return values.map((value) => Number((255 * value).toPrecision(9))) as [number, number, number];
}

function wordOf<Word>(words: Record<string, Word>, given: unknown, name: string): Word {
  if (typeof given !== 'string' || !Object.hasOwn(words, given)) {
    throw expected(`one of ${Object.keys(words).join(', ')}`, name, given);
  }
  return words[given] as Word;
}
