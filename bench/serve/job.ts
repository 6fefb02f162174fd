/** What the process of the measured server is told, and what it answers. */
import type { NetworkName } from '../../src/model/index.js';

/** The first argument of the process, as JSON. */
export interface ServerJob {
  /** A network with random weights … */
  net: NetworkName;
  /** … or the weights of a run. */
  run: string | undefined;
  batchSize: number;
}

/** A question to the process: bare forward passes of batches of `batchSize` images for `seconds`, or what it has taken so far. */
export type Question = { ask: 'bare'; seconds: number } | { ask: 'taken' };

/** Images a second of the bare pass, and milliseconds of CPU of an image. */
export interface Bare {
  rate: number;
  cpuMs: number;
}

/** What a process has taken: bytes of memory now, and milliseconds of CPU since its start. */
export interface Taken {
  memory: number;
  cpuMs: number;
}
