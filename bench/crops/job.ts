/** What a process that measures prediction by windows is told, and what it answers. */
import type { NetworkName } from '../../src/model/index.js';
import type { ClassifyOptions } from '../../src/prediction/index.js';

/** What is measured: the forward pass on a batch that lies ready; what `predict` does; and the batches of images alone. */
export const ways = ['bare pass', 'predict', 'images alone'] as const;

export type Way = (typeof ways)[number];

/** One run of one way, in a JSON file whose path is the process's first argument. */
export interface CropsJob extends Pick<ClassifyOptions, 'crops' | 'threads'> {
  way: Way;
  /** With random weights. */
  net: NetworkName;
  /** As many as fill their batches. */
  files: string[];
  /** Images of a batch, each with all of its windows. */
  batch: number;
}

/** The last line that a process prints. */
export interface CropsOutcome {
  /** Milliseconds of an image, and of the process's CPU for it. */
  ms: number;
  cpuMs: number;
  /** The share of the time in which `predict` has waited for images, 0…1. */
  waitShare: number;
  /** [images, classes] of the first batch; empty for the images alone. */
  probabilities: number[];
}
