/** A prepared data set: tasks, labelled samples and questions, with the paths of their images. */

import type { GivenBox } from './boxes/fields.js';
import type { FileStamp } from './file-stamp.js';
import type { ByteRange, ImageFile } from './image-file.js';

/** How many labels an image of a task has: one, of classes that exclude each other, or any number of them. */
export type Labels = 'one' | 'any';

/** One classification problem over a list of classes. */
export interface Task {
  /** Directory- and CSV-safe name, e.g. `collar_design_labels`. */
  name: string;
  /** Class names in label order; an index into this list is a label. */
  classes: string[];
  /** Absent: one. */
  labels?: Labels;
  /**
   * Absent: no class is above another. The classes from number `from` on, two or more, go up in steps, such as lengths; those before
   * lie outside of the order, such as one that means that nothing is to be seen.
   */
  ordered?: { from: number };
}

/** The side of a sample: it is trained on, or it validates. */
export type Split = 'train' | 'validation';

/** The most folds of a data set. */
export const mostFolds = 100;

/**
 * One labelled image of one task; its path is relative to the manifest's `root`, or absolute when it lies outside. The stamp
 * is that of its file when the data was prepared, and of the whole shard if the image is a part of one; it is absent in
 * manifests that earlier versions wrote.
 */
export interface Sample extends ImageFile, Partial<FileStamp> {
  task: string;
  /** Index of the class marked `y`; -1 in a task of any number of labels. */
  label: number;
  /** Indices of the image's classes, ascending, in a task of any number of labels: none where it shows none of them. */
  labels?: readonly number[];
  /** Indices of the classes marked `m` (maybe); empty outside FashionAI. */
  maybe: number[];
  split: Split;
  /** The fold that the image is in, from 0, if the data were prepared with folds. */
  fold?: number;
  /** SHA-256 of the image's bytes, hex: the identity that keeps a split free of leaks. */
  hash: string;
}

/**
 * Samples in order. An array of them will do; `prepare`, `loadManifest` and `samplesOf` return a
 * {@link SampleTable}, which takes less than half of an array's memory and makes no object that stays.
 */
export interface Samples extends Iterable<Sample> {
  readonly length: number;
  /** A negative index counts from the end. */
  at(index: number): Sample | undefined;
  /** As an array's `map`. */
  map<Result>(convert: (sample: Sample, index: number) => Result): Result[];
  /** The samples that `keep` accepts, in their order. */
  filter(keep: (sample: Sample, index: number) => boolean): Samples;
  /** Whether `fits` accepts any sample. */
  some(fits: (sample: Sample, index: number) => boolean): boolean;
  /** Whether `fits` accepts all samples. */
  every(fits: (sample: Sample, index: number) => boolean): boolean;
  /** The first sample that `fits` accepts. */
  find(fits: (sample: Sample, index: number) => boolean): Sample | undefined;
  /** The samples from `start` to before `end`, as an array's `slice`. */
  slice(start?: number, end?: number): Samples;
}

/** One row of question.csv or of a table of ids, in file order: an image to predict. */
export interface Question extends Pick<ImageFile, 'box'> {
  /** The path or the id exactly as its row has it: the submission repeats it. */
  path: string;
  task: string;
  /** Where the image is, as in {@link Sample.path}. Even if it is unreadable, the submission needs a row for it. */
  file: string;
}

/** A question together with the place of its row. */
export interface QuestionRow {
  /** The image as its row names it. */
  path: string;
  task: string;
  /** `file:line`, from 1. */
  origin: string;
}

/** A file of labels or questions, as `prepare` read it. */
export interface LabelFile extends FileStamp {
  /** As in {@link Sample.path}. */
  path: string;
  /** SHA-256 of the file's bytes, hex. */
  hash: string;
}

/** Everything later stages need to know about a data set; saved as `manifest.json` in the prepared folder. */
export interface Manifest {
  version: 1;
  /** Absolute folder that relative paths start from. */
  root: string;
  seed: number;
  /** How many folds the samples are in; absent without folds. */
  folds?: number;
  /** The files that name or label the images, or say where to look; none in class folders and shards, and in manifests of earlier versions. */
  labelFiles?: LabelFile[];
  /** The table of ids that asks the questions, as in {@link Sample.path}; absent where the layout has questions, or there are none. */
  questionFile?: string;
  /** At least one. */
  tasks: [Task, ...Task[]];
  samples: Samples;
  questions: Question[];
}

/** A labelled image as a layout's reader finds it: not hashed yet, and in a split only where the source gives one. */
export interface Labelled {
  /** Path relative to the source folder, with `/` between its parts. */
  path: string;
  /** The image's bytes, where it is a part of a shard. */
  range?: ByteRange;
  /** SHA-256 of the image's bytes, hex, where the layout's reader has computed it. */
  hash?: string;
  task: string;
  label: number;
  /** As in {@link Sample.labels}. */
  labels?: readonly number[];
  maybe: number[];
  /** The split that the source itself gives; where it is undefined, the seed decides. */
  given?: Split;
  /** What the image shows, such as a person or a product, if the source says it: its images stay in one split and in one fold. */
  group?: string;
  /** Where to look, as the row says it: `prepare` turns it into {@link Sample.box}. */
  givenBox?: GivenBox;
  /** Where the image was named, for messages: `file:line:column`, a shard and the image's key, or the image itself. */
  origin: string;
}

/** What a source holds, as its layout reads it. */
export interface Source {
  /** The folder that paths start from, if it is not the source itself. */
  root?: string;
  tasks: Task[];
  labelled: Labelled[];
  questions: Question[];
  /** Paths of the files that labels and questions were read from, as in {@link Labelled.path}; none if it is not given. */
  labelFiles?: string[];
  /** Whether its files name the tasks; otherwise it has one, which is called like the folder. */
  namesTasks?: boolean;
  /** Full sentences about images that were left out, and about what looks wrong. */
  warnings: string[];
}
