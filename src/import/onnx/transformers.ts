/** Reads `preprocessor_config.json`, which Hugging Face's transformers keep beside a network: the pixels that it takes. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { KnownPreprocessing } from '../preprocessing.js';

/** Pillow's numbers of the filters that Bobbin has. */
const filters: Record<number, 'bilinear' | 'bicubic'> = { 2: 'bilinear', 3: 'bicubic' };

type Triple = [number, number, number];

/**
 * What the configuration of an image processor says; a step that it turns off does nothing.
 *
 * https://huggingface.co/docs/transformers/main_classes/image_processor
 *
 * @param file names the configuration in errors
 * @throws InvalidInputError when it asks for pixels that Bobbin cannot make
 */
export function transformersPreprocessing(
  config: Record<string, unknown>,
  file: string,
): KnownPreprocessing {
  const { resample, do_resize: resizes = true } = config;
  const filter = filters[resample as number];
  if (resizes && resample !== undefined && filter === undefined) {
    const remedy = 'Bobbin resizes with 2, bilinear, and 3, bicubic: override it with --filter';
    throw expected('2 or 3', `resample in ${file}`, resample, remedy);
  }
  return { ...geometryOf(config, file), ...pixelsOf(config, file), ...(filter && { filter }) };
}

/** The sides of the photo after resizing, and of the middle of it that the network takes. */
function geometryOf(
  {
    size,
    crop_size: cropSize,
    do_center_crop: crops = false,
    crop_pct: share,
  }: Record<string, unknown>,
  file: string,
): Pick<KnownPreprocessing, 'size' | 'cropShare' | 'fit'> {
  const name = `size in ${file}`;
  const resized = sideOf(size, name);
  if (crops) {
    const side = sideOf(cropSize ?? size, `crop_size in ${file}`);
    return { size: side, cropShare: Math.min(1, side / resized) };
  }
  if (typeof share === 'number') {
    // ConvNeXT's processor: it resizes to size / crop_pct, and crops to size.
    return { size: resized, cropShare: share };
  }
  const keepsRatio = isObject(size) && 'shortest_edge' in size;
  return { size: resized, cropShare: 1, fit: keepsRatio ? 'crop' : 'squash' };
}

/** `224`, `{ shortest_edge: 224 }` or `{ height: 224, width: 224 }`. */
function sideOf(size: unknown, name: string): number {
  const {
    shortest_edge: shortest,
    height = shortest,
    width = height,
  } = isObject(size) ? size : { height: size };
  if (typeof height !== 'number' || height !== width) {
    throw expected('one side of a square', name, size);
  }
  return height;
}

/** (pixel · factor − mean) / std, with the factor in the other two. */
function pixelsOf(
  config: Record<string, unknown>,
  file: string,
): Partial<Record<'mean' | 'std', Triple>> {
  const {
    do_rescale: rescales = true,
    rescale_factor: given = 1 / 255,
    do_normalize: normalizes = true,
    image_mean: mean,
    image_std: std,
  } = config;
  const factor = rescales ? given : 1;
  if (typeof factor !== 'number' || !(factor > 0)) {
    throw expected('a number above 0', `rescale_factor in ${file}`, given);
  }
  const levels = 1 / factor;
  const inLevels = (values: unknown, name: string): Triple => {
    if (!Array.isArray(values) || values.length !== 3 || !values.every(Number.isFinite)) {
      throw expected('three numbers', `${name} in ${file}`, values);
    }
    return values.map((value) => Number((value * levels).toPrecision(9))) as Triple;
  };
  return normalizes
    ? { mean: inLevels(mean, 'image_mean'), std: inLevels(std, 'image_std') }
    : { mean: [0, 0, 0], std: inLevels([1, 1, 1], 'image_std') };
}
