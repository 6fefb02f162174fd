/** Checks a loader's samples and turns them into arrays for the native side. */
import {
  ImageColumns,
  type ImageFile,
  type ImageList,
  isBox,
  SampleTable,
} from '../dataset/index.js';
import { expected } from '../errors.js';
import { checkOption } from '../options.js';

/** One image: an absolute path, a byte range if it is inside a shard, a box if only a part is looked at, and its label. */
export interface LoaderSample extends ImageFile {
  /** An integer; −1 for none. */
  label: number;
}

/** Samples of a loader in order: an array or, for millions of them, a {@link SampleTable}. */
export interface LoaderSamples extends Iterable<LoaderSample> {
  readonly length: number;
  at(index: number): LoaderSample | undefined;
}

/**
 * Where the images of the samples at `indices` are; by default those of all.
 *
 * @throws InvalidInputError for a sample without a path, with an invalid range or box, or whose label is not an integer.
 */
export function imagesOf(samples: LoaderSamples, indices?: Uint32Array): ImageList {
  if (samples instanceof SampleTable) {
    return samples.images(indices);
  }
  const images = new ImageColumns();
  for (const sample of samples) {
    checkSample(sample, images.length);
    images.add(sample);
  }
  return images.list('', indices);
}

/** The label of the sample at `index`; −1 if there is none. */
export function labelOf(samples: LoaderSamples, index: number): number {
  if (index < 0) {
    return -1;
  }
  return samples instanceof SampleTable ? samples.label(index) : (samples.at(index)?.label ?? -1);
}

function checkSample({ path, range, box, label }: LoaderSample, index: number): void {
  if (typeof path !== 'string') {
    throw expected('a path', `samples[${index}].path`, path, 'A sample is { path, label }');
  }
  // A batch stores labels as int32, which would round them.
  if (label !== undefined && (label | 0) !== label) {
    throw expected('an integer', `the label of ${path}`, label);
  }
  if (box !== undefined && !isBox(box)) {
    const what = 'four whole numbers x0, y0, x1, y1 with x0 below x1 and y0 below y1';
    throw expected(what, `the box of ${path}`, box);
  }
  if (range) {
    const bytes = { type: 'integer', default: 0, max: Number.MAX_SAFE_INTEGER, help: '' } as const;
    checkOption(`range.offset of ${path}`, { ...bytes, min: 0 }, range.offset);
    checkOption(`range.length of ${path}`, { ...bytes, min: 1 }, range.length);
  }
}
