/** Counters of a pipeline's work. */

/** Sums since the loader was made, or over a part of its work. */
export interface PipelineWork {
  /** Images rendered. */
  images: number;
  /** Bytes of the images read. */
  readBytes: number;
  /** Time in each stage, summed over threads, in milliseconds. */
  readMs: number;
  decodeMs: number;
  renderMs: number;
  /** Images that are not JPEG files. */
  otherFormats: number;
  /** Time from their requests to their pixels, summed, in milliseconds. The worker threads do not spend it. */
  otherFormatsMs: number;
  /** Images that a device decoded. */
  deviceDecoded: number;
  /** Images that a device's kernel rendered. */
  deviceRendered: number;
  /** Time that batches spent on a device, in milliseconds. */
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

/** `earlier` plus the work from `before` to `now`, which are statistics of one loader. */
export function addWork(
  earlier: PipelineWork,
  before: PipelineWork,
  now: PipelineWork,
): PipelineWork {
  const names = Object.keys(noWork) as (keyof PipelineWork)[];
  const sums = names.map((name) => [name, earlier[name] + now[name] - before[name]]);
  return Object.fromEntries(sums);
}
