/** What a pipeline has done, as sums. */

/** Sums since the loader was made, or over some stretch of its work. */
export interface PipelineWork {
  /** Images rendered. */
  images: number;
  /** Bytes of the images read. */
  readBytes: number;
  /** Time in each stage, summed over threads, in milliseconds. */
  readMs: number;
  decodeMs: number;
  renderMs: number;
  /** Images that are no JPEG, and the time until their pixels were back, which is no thread's. */
  otherFormats: number;
  otherFormatsMs: number;
  /** Images that a device decoded, and that its kernel rendered, and the time that batches were with it, in milliseconds. */
  deviceDecoded: number;
  deviceRendered: number;
  deviceMs: number;
}

export const noWork: PipelineWork = {
  images: 0,
  readBytes: 0,
  readMs: 0,
  decodeMs: 0,
  renderMs: 0,
  otherFormats: 0,
  otherFormatsMs: 0,
  deviceDecoded: 0,
  deviceRendered: 0,
  deviceMs: 0,
};

/** `earlier` and what was done from `before` to `now`, two of a loader's statistics. */
export function addWork(
  earlier: PipelineWork,
  before: PipelineWork,
  now: PipelineWork,
): PipelineWork {
  const names = Object.keys(noWork) as (keyof PipelineWork)[];
  const sums = names.map((name) => [name, earlier[name] + now[name] - before[name]]);
  return Object.fromEntries(sums);
}
