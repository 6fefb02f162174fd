/**
 * The time of a step of N workers: what one computes, and the all-reduce of its gradients as far as the backward pass does not hide it.
 *
 * In a ring, each worker sends 2 (N − 1) parts of S / N bytes, one after the other (Patarasuk & Yuan 2009,
 * https://doi.org/10.1016/j.jpdc.2008.09.002): with k buckets, a latency α and a bandwidth β,
 *
 *     reduce = 2 (N − 1) · k · α + 2 (N − 1) / N · S / β
 *     step   = compute + reduce − min(overlap · reduce, backward)
 */

/** How gradients travel. */
export interface Link {
  /** α: of one part to the next worker. */
  latencyMs: number;
  /** β: bytes that a worker sends in a millisecond. */
  bytesPerMs: number;
}

/** What travels between how many workers. */
export interface Traffic {
  workers: number;
  bytes: number;
  buckets: number;
}

/** What a worker computes in a step. */
export interface Compute {
  computeMs: number;
  /** The part of it during which gradients can travel. */
  backwardMs: number;
}

export const reduceMs = (link: Link, traffic: Traffic): number =>
  parts(traffic) * link.latencyMs + sent(traffic) / link.bytesPerMs;

/** How many parts a worker sends one after the other, and how many bytes in all. */
const parts = ({ workers, buckets }: Traffic): number => 2 * (workers - 1) * buckets;
const sent = ({ workers, bytes }: Traffic): number => (2 * (workers - 1) * bytes) / workers;

/** @param overlap the share of a reduction that a backward pass hides which is long enough, 0…1 */
export const stepMs = (
  { computeMs, backwardMs }: Compute,
  reduce: number,
  overlap: number,
): number => computeMs + reduce - Math.min(overlap * reduce, backwardMs);

/** The share of the reduction that a measured step hid, 0…1; 0 without a reduction. */
export const overlapOf = (computeMs: number, reduce: number, step: number): number =>
  reduce > 0 ? Math.min(1, Math.max(0, (computeMs + reduce - step) / reduce)) : 0;

/**
 * The link of the least sum of squared relative errors. Neither α nor 1 / β is below 0.
 *
 * @param measured at least two, of different sizes
 */
export function fitLink(measured: readonly (Traffic & { ms: number })[]): Link {
  // Rows of a linear system, x · α + y / β = 1.
  const rows = measured.map(({ ms, ...traffic }) => [parts(traffic) / ms, sent(traffic) / ms]);
  const dot = (a: number, b: number) =>
    rows.reduce((sum, row) => sum + (row[a] as number) * (row[b] as number), 0);
  const total = (a: number) => rows.reduce((sum, row) => sum + (row[a] as number), 0);
  const determinant = dot(0, 0) * dot(1, 1) - dot(0, 1) ** 2;
  const latencyMs = (total(0) * dot(1, 1) - total(1) * dot(0, 1)) / determinant;
  const msPerByte = (total(1) * dot(0, 0) - total(0) * dot(0, 1)) / determinant;
  if (latencyMs < 0) {
    return { latencyMs: 0, bytesPerMs: dot(1, 1) / total(1) };
  }
  if (msPerByte < 0) {
    return { latencyMs: total(0) / dot(0, 0), bytesPerMs: Number.POSITIVE_INFINITY };
  }
  return { latencyMs, bytesPerMs: 1 / msPerByte };
}
