/** What errors call a worker. */

/** `worker 1 (b:7000)` */
export const workerName = (workers: readonly string[], index: number): string =>
  `worker ${index} (${workers[index]})`;

/** `worker 1 (b:7000)`, `worker 1 (b:7000) and worker 2 (c:7000)` */
export function workerNames(workers: readonly string[], indices: Iterable<number>): string {
  return [...indices].map((index) => workerName(workers, index)).join(' and ');
}
