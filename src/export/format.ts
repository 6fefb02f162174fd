/** A format in which a classifier is exported, and what each format says of itself. */
import type { BuiltClassifier } from '../model/index.js';
import type { FormatOptions } from './format-options.js';

/** A batch of images. */
export interface Images {
  /** [images, crop, crop, 3]. */
  shape: [number, number, number, number];
  /** As the network takes them: normalised by the preprocessing, in its order of channels. */
  values: Float32Array;
  /** The same in RGB, 0…255, for exports that normalise by themselves. */
  levels: Float32Array;
}

/** What a program that is not Bobbin computes with the exported files. */
export interface Computed {
  /** [images, classes], row by row. */
  probabilities: Float32Array;
  /** The program with its version: `tfjs 4.22.0 (WASM)`. */
  by: string;
}

export interface ExportFormat {
  /** What the option `to` says: `web`, … */
  name: string;
  /** For the help of `to`, in some words. */
  help: string;
  /** The greatest difference between a probability of the exported files and Bobbin's that is accepted, 0…1. */
  bound(options: FormatOptions): number;
  /**
   * Writes the classifier into the folder `folder`, which has `classifier.json`. The caller flushes and renames all of it later.
   *
   * @throws InvalidInputError when the classifier has something that the format cannot express: the message names it
   */
  write(classifier: BuiltClassifier, folder: string, options: FormatOptions): Promise<void>;
  /** The probabilities of the files in `folder`, by a program that shares as little as possible with Bobbin. */
  compute(folder: string, images: Images): Promise<Computed>;
  /** How to use the files in `folder`, as a sentence for the terminal, if a command line can. */
  nextStep?(folder: string): string;
}
