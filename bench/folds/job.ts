/** The input and output of a contender that trains without one fold and answers for it. */

/** An image and its class. */
export interface FoldPhoto {
  /** Absolute. */
  file: string;
  /** As in the manifest: it names the image in the predictions. */
  path: string;
  label: number;
}

/** One fold of one contender, in a JSON file whose path is the process's first argument. */
export interface FoldJob {
  /** The prepared data set. */
  data: string;
  task: string;
  /** It is held back from training. */
  fold: number;
  classNames: string[];
  training: FoldPhoto[];
  /** The photos of the fold. */
  held: FoldPhoto[];
  /** A network of src/model, with its weights in `folder` as ../train/network-files.ts writes them. */
  net: string;
  folder: string;
  /** A new folder for Bobbin's run. */
  run: string;
  /** Of the images, in pixels. */
  side: number;
  /** Bobbin's. */
  recipe: string;
  /** The peers'. */
  epochs: number;
  threads: number;
  seed: number;
  /** A file for the probabilities of the photos in `held`, as `bobbin evaluate --predictions` writes them. */
  predictions: string;
  /** The number of `classNames`. This and what follows is for the job of training steps, whose Python part is shared. */
  classes: number;
  /** Unused. */
  batch: 0;
  /** Unused. */
  steps: 0;
}

/** The last line that a process prints. */
export interface FoldOutcome {
  /** Of training: from building the network and the loaders, with validation after each epoch, to the last epoch's end. */
  seconds: number;
  /** Of each epoch; that of a frozen network is one, too. */
  epochs: number[];
  /** Name and version of the measured program. */
  version: string;
}
