/** The input and output of a contender that trains to an accuracy. */

/** An image and its class. */
export type Photo = [file: string, label: number];

/** What a set of photos gives, as inputs.ts writes it into {@link photosFile} of a job's folder. */
export interface Photos {
  /** A prepared data set of the same photos, for Bobbin. */
  data: string;
  classes: number;
  /** The short side of a photo before a centre crop, in pixels. */
  resize: number;
  training: Photo[];
  validation: Photo[];
}

export const photosFile = 'photos.json';

/** How all contenders train: the defaults of Bobbin's `train`. */
export interface Recipe {
  epochs: number;
  batch: number;
  /** The largest of a linear warm-up over `warmUp` epochs and a cosine to 0. */
  learningRate: number;
  warmUp: number;
  /** Of SGD. */
  momentum: number;
  /** Of kernels. */
  weightDecay: number;
  labelSmoothing: number;
  /** Share of the features that is dropped before the head. */
  dropout: number;
  /** Share of the photo in a random-resized crop, least and most. */
  area: [number, number];
  /** Brightness, contrast and saturation: largest relative change. */
  jitter: number;
}

/** One run of one contender, in a JSON file whose path is the process's first argument. */
export interface AccuracyJob extends Recipe, Photos {
  /** A network of src/model, with its weights in `folder` as ../train/network-files.ts writes them. */
  net: string;
  folder: string;
  /** Of the images, in pixels. */
  side: number;
  threads: number;
  seed: number;
  /** Unused; for the job of training steps, whose Python part is shared. */
  steps: 0;
}

export interface Epoch {
  /** Of training and validation; those of the first epoch include compilation. */
  seconds: number;
  /** Share of the validation photos whose top class is right. */
  accuracy: number;
}

/** The last line that a process prints. */
export interface AccuracyOutcome {
  epochs: Epoch[];
  /** Name and version of the measured program. */
  version: string;
}
