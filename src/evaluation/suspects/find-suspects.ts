/** Finds labels that are probably wrong, from predictions of images that the classifiers were not trained on. */
import { isDeepStrictEqual } from 'node:util';
import { checkArguments, list, record, type ShapeOf } from '../../arguments.js';
import {
  type ByteRange,
  type Manifest,
  resolveSample,
  type Sample,
  taskOf,
} from '../../dataset/index.js';
import { expected } from '../../errors.js';
import {
  imageKey,
  type PredictedImage,
  readPredictions,
  type TaskPredictions,
} from '../read-predictions.js';
import { doubtsOf, thresholdsOf } from './confident.js';

/** An image whose label is probably wrong. */
export interface Suspect {
  /** As in `Sample.path`. */
  path: string;
  /** Absolute. */
  file: string;
  /** The part of the file that is the image; the whole file without it. */
  range?: ByteRange;
  /** The name of its class. */
  label: string;
  /** The class that it confidently seems to be. */
  suggestion: string;
  /** Of the suggestion, 0…1. */
  probability: number;
  /** The normalised margin, 0…0.5, the lowest for the most suspicious label. */
  score: number;
}

/** The suspected labels of a task. */
export interface TaskSuspects {
  task: string;
  /** The names of the classes, in label order. */
  classes: string[];
  /** For each class the probability from which it is confident: the mean over the images that are labelled so; null without any. */
  thresholds: (number | null)[];
  /** Number of images that were looked at. */
  images: number;
  /** The most suspicious first. */
  suspects: Suspect[];
}

/** What `findSuspects` is called with. */
export interface SuspectsRequest {
  /** The prepared data set. */
  manifest: Manifest;
  /** Files that `evaluate` wrote as its `predictions`: of several tasks, or of parts of the images of one, such as folds. */
  predictions: readonly string[];
}

const shape = {
  manifest: record('a manifest, as prepare and loadManifest give it,'),
  predictions: list('a list of files'),
} satisfies ShapeOf<SuspectsRequest>;

/**
 * The suspected labels of each task that the files have, by confident learning (Northcutt et al. 2021). The predictions should be of
 * images that their classifiers were not trained on, best of all images, out of fold. Nothing is changed. Tasks of any number of
 * labels are refused.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a file is not a table of predictions, with its line
 *   and column, and when it does not fit the manifest: another task, other classes, other images or other labels
 */
export async function findSuspects(request: SuspectsRequest): Promise<TaskSuspects[]> {
  checkArguments('findSuspects', request, shape);
  const { manifest, predictions } = request;
  const tables = await readPredictions(predictions);
  return tables.map((table) => suspectsOf(table, manifest));
}

function suspectsOf(
  { task: name, classes, images }: TaskPredictions,
  manifest: Manifest,
): TaskSuspects {
  const task = taskOf(manifest, name);
  if (!isDeepStrictEqual(classes, task.classes)) {
    throw expected(
      `the classes ${task.classes.join(', ')}`,
      `the predictions of task ${name}`,
      classes,
    );
  }
  const samples = new Map<string, Sample>();
  for (const sample of manifest.samples) {
    if (sample.task === name) {
      samples.set(
        imageKey({ path: sample.path, ...(sample.range && { offset: sample.range.offset }) }),
        sample,
      );
    }
  }
  const found = images.map((image) => sampleOf(image, task, samples));
  const suspects = doubtsOf(images, classes.length).map(({ index, suggestion, score }): Suspect => {
    const { path, range, label } = found[index] as Sample;
    const { row } = images[index] as PredictedImage;
    return {
      path,
      file: resolveSample(manifest, path),
      ...(range && { range }),
      label: task.classes[label] as string,
      suggestion: task.classes[suggestion] as string,
      probability: row[suggestion] as number,
      score,
    };
  });
  const thresholds = Array.from(thresholdsOf(images, classes.length), (value) =>
    Number.isNaN(value) ? null : value,
  );
  return { task: name, classes: task.classes, thresholds, images: images.length, suspects };
}

/** The image of the data set, whose label the predictions must know. */
function sampleOf(
  image: PredictedImage,
  { name, classes }: Pick<TaskSuspects, 'classes'> & { name: string },
  samples: ReadonlyMap<string, Sample>,
): Sample {
  const { path, label } = image;
  const sample = samples.get(imageKey(image));
  const remedy = 'The predictions are of other data: evaluate again';
  if (sample === undefined) {
    throw expected(`an image of task ${name} in the data set`, 'predictions', path, remedy);
  }
  if (sample.label !== label) {
    const wanted = `the label ${classes[sample.label]}, as the data set has it,`;
    throw expected(wanted, `the prediction of ${path}`, classes[label], remedy);
  }
  return sample;
}
