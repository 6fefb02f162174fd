/** Checks a loader's samples and turns them into arrays for the native side. */
import type { ImageFile } from '../dataset/index.js';
import { expected } from '../errors.js';
import { checkOption } from '../options.js';

/** One image: an absolute path, a byte range if it is inside a shard, and its label. */
export interface LoaderSample extends ImageFile {
  label: number;
}

/**
 * Each path once, and three numbers for each sample: index into the paths, offset and length in bytes. Length 0 means the
 * whole file.
 *
 * @throws InvalidInputError for a sample without a path or with an invalid range.
 */
export function locate(samples: readonly LoaderSample[]): {
  paths: string[];
  extents: Float64Array;
} {
  const paths = new Map<string, number>();
  const extents = new Float64Array(samples.length * 3);
  const bytes = { type: 'integer', default: 0, max: Number.MAX_SAFE_INTEGER, help: '' } as const;
  for (const [index, { path, range }] of samples.entries()) {
    if (typeof path !== 'string') {
      throw expected('a path', `samples[${index}].path`, path, 'A sample is { path, label }');
    }
    const known = paths.get(path) ?? paths.size;
    paths.set(path, known);
    if (range) {
      checkOption(`range.offset of ${path}`, { ...bytes, min: 0 }, range.offset);
      checkOption(`range.length of ${path}`, { ...bytes, min: 1 }, range.length);
    }
    extents.set([known, range?.offset ?? 0, range?.length ?? 0], index * 3);
  }
  return { paths: [...paths.keys()], extents };
}
