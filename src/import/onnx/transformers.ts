/** Reads `preprocessor_config.json`, which Hugging Face's transformers keep beside a network: the pixels that it takes. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { GivenPreprocessing, KnownPreprocessing } from '../preprocessing.js';

/** Pillow's numbers of the filters that Bobbin has. */
const filters: Record<number, 'bilinear' | 'bicubic'> = { 2: 'bilinear', 3: 'bicubic' };

type Config = Record<string, unknown>;
type Triple = [number, number, number];

/**
 * What the configuration of an image processor says; a step that it turns off does nothing.
 *
 * https://huggingface.co/docs/transformers/main_classes/image_processor
 *
 * @param file names the configuration in errors
 * @param given by the user; what it overrides is not read
 * @throws InvalidInputError when it asks for pixels that Bobbin cannot make
 */
export function transformersPreprocessing(
  config: Config,
  file: string,
  { size, cropShare, fit, mean, std, channels, filter }: GivenPreprocessing = {},
): KnownPreprocessing {
  const isGiven = (...values: unknown[]) => values.every((value) => value !== undefined);
  return {
    ...(!isGiven(size, cropShare, fit) && geometryOf(config, file)),
    ...(!isGiven(mean, std, channels) && pixelsOf(config, file)),
    ...(!isGiven(filter) && filterOf(config, file)),
  };
}

function filterOf({ resample, do_resize: resizes = true }: Config, file: string) {
  const filter = filters[resample as number];
  if (resizes && resample !== undefined && filter === undefined) {
    const remedy = 'Bobbin resizes with 2, bilinear, and 3, bicubic: override it with --filter';
    throw expected('2 or 3', `resample in ${file}`, resample, remedy);
  }
  return filter && { filter };
}

const overrideGeometry = 'Override it with --size, --crop-share and --fit';

type Geometry = Required<Pick<KnownPreprocessing, 'size' | 'cropShare' | 'fit'>>;

/** The sides of the photo after resizing, and of the middle of it that the network takes. */
function geometryOf(config: Config, file: string): Geometry {
  checkSteps(config, file);
  const { size, crop_size: cropSize = size, do_center_crop: crops, crop_pct: share } = config;
  const side = sideOf(size, `size in ${file}`);
  if (typeof share === 'number' && !crops && side >= leastSquashed) {
    return { size: side, cropShare: 1, fit: 'squash' };
  }
  const crop = crops ? sideOf(cropSize, `crop_size in ${file}`) : side;
  const resized = resizedSide(config, side);
  if (crop > resized) {
    const what = `at most ${resized}, the side after resizing,`;
    throw expected(what, `crop_size in ${file}`, crop, overrideGeometry);
  }
  const fit = typeof share === 'number' || keepsRatio(config) ? 'crop' : 'squash';
  return { size: crop, cropShare: crop / resized, fit };
}

/** ConvNeXT's processor, which alone has `crop_pct` without `do_center_crop`, squashes from this side on. */
const leastSquashed = 384;

/** LeViT's processor resizes to more than it says, those of ConvNeXT and PoolFormer to `size / crop_pct`. */
function resizedSide(config: Config, side: number): number {
  const { crop_pct: share } = config;
  if (typeof share === 'number') {
    return Math.floor(side / share);
  }
  return classOf(config) === 'Levit' ? Math.floor((side * 256) / 224) : side;
}

/** Classes of processors to which a `size` that is one number is the short side; to the others it is both. */
const ofShortSides = [
  ...['Bit', 'ChineseCLIP', 'CLIP', 'ConvNext', 'Levit', 'MobileNetV1', 'MobileNetV2'],
  ...['MobileViT', 'PoolFormer'],
];

const keepsRatio = (config: Config): boolean =>
  isObject(config.size) ? 'shortest_edge' in config.size : ofShortSides.includes(classOf(config));

/** `ConvNext` of `ConvNextImageProcessorFast`, or of `ConvNextFeatureExtractor`, its name before. */
function classOf({ feature_extractor_type: former, image_processor_type: name = former }: Config) {
  return `${name}`.replace(/(ImageProcessor|FeatureExtractor).*$/, '');
}

const knownSteps = [
  ...['do_convert_rgb', 'do_resize', 'do_resize_and_center_crop', 'do_center_crop', 'do_rescale'],
  ...['do_normalize', 'do_flip_channel_order', 'do_reduce_labels'],
];
/** Of PP-LCNet and TextNet: rules of their own for the sides. */
const otherSides = ['resize_short', 'size_divisor'];

function checkSteps(config: Config, file: string): void {
  const isUnknown = (key: string) =>
    otherSides.includes(key) || (key.startsWith('do_') && !knownSteps.includes(key));
  const step = Object.keys(config).find((key) => config[key] && isUnknown(key));
  if (step !== undefined) {
    throw expected('no such step', `${step} in ${file}`, config[step], overrideGeometry);
  }
}

/** `224`, `{ shortest_edge: 224 }` or `{ height: 224, width: 224 }`. */
function sideOf(size: unknown, name: string): number {
  const {
    shortest_edge: shortest,
    longest_edge: longest,
    height = shortest,
    width = height,
  } = isObject(size) ? size : { height: size };
  if (typeof height !== 'number' || height !== width || longest) {
    throw expected('one side of a square', name, size, overrideGeometry);
  }
  return height;
}

/**
 * (pixel · factor − offset − mean) / std, with factor and offset in the mean and std. EfficientNet's processor divides once more.
 * MobileViT's, which turns the order of the channels, does not normalise.
 */
function pixelsOf(
  config: Config,
  file: string,
): Required<Pick<KnownPreprocessing, 'mean' | 'std' | 'channels'>> {
  const {
    do_rescale: rescales = true,
    rescale_factor: given = 1 / 255,
    do_flip_channel_order: flips,
    do_normalize: normalizes = flips === undefined,
    include_top: dividesAgain,
  } = config;
  const factor = rescales ? given : 1;
  if (typeof factor !== 'number' || !(factor > 0)) {
    throw expected('a number above 0', `rescale_factor in ${file}`, given);
  }
  const offset = rescales && config.rescale_offset ? 1 : 0;
  const valuesOf = (name: 'image_mean' | 'image_std'): Triple => {
    const values = config[name];
    if (!Array.isArray(values) || values.length !== 3 || !values.every(Number.isFinite)) {
      throw expected('three numbers', `${name} in ${file}`, values);
    }
    return values as Triple;
  };
  const levels = 1 / factor;
  const inLevels = (value: number) => Number((value * levels).toPrecision(9));
  const mean = normalizes ? valuesOf('image_mean') : none;
  const std = normalizes || dividesAgain ? valuesOf('image_std') : ones;
  const times = Number(Boolean(normalizes)) + Number(Boolean(dividesAgain));
  return {
    mean: mean.map((value) => inLevels(value + offset)) as Triple,
    std: std.map((value) => inLevels(value ** times)) as Triple,
    channels: flips ? 'bgr' : 'rgb',
  };
}

const none: Triple = [0, 0, 0];
const ones: Triple = [1, 1, 1];
