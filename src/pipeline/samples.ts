/** The loader's samples: checked, and written down as numbers for the native side. */
import type { ImageFile } from '../dataset/index.js';
import { expected } from '../errors.js';
import { checkOption } from '../options.js';

/** One image: an absolute path, where it is a part of a shard its range, and the label that its row of a batch gets. */
export interface LoaderSample extends ImageFile {
  label: number;
}

/**
 * Each path once, and three numbers a sample: index into the paths, offset and length in bytes; length 0 is the whole
 * file. Throws InvalidInputError for what has no path, and for a range that cannot be.
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
