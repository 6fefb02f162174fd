/** What a run answers for the validation images of a task: from the files beside it, or computed now. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type ImageFile,
  imageName,
  type Manifest,
  resolveSample,
  type Sample,
  samplesOf,
  shellWord,
  taskOf,
} from '../../dataset/index.js';
import { ifPresent, isObject, parseJson, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import {
  evaluate,
  type PredictedImage,
  readPredictions,
  topClass,
} from '../../evaluation/index.js';
import { type Epoch, findRun, openRun, recordOf } from '../../model/index.js';
import { type ClassifyProgress, loadPrediction } from '../../prediction/index.js';
import type { TrainedRun } from './read-runs.js';

/** A labelled image and what the network says of it. */
export interface AnsweredImage extends PredictedImage {
  /** Where it is, if the data set is at hand. */
  file: ImageFile | undefined;
  /** The number of the class with the greatest probability. */
  top: number;
}

/** The answers of a run for one task. */
export interface TaskAnswers {
  task: string;
  classes: readonly string[];
  labels: 'one' | 'any';
  images: AnsweredImage[];
  /** Where they are from, in words. */
  source: string;
}

/** What is at hand beside the runs. */
export interface AtHand {
  manifest?: Manifest | undefined;
  /** The folder of the manifest, for commands that the page names. */
  data?: string | undefined;
  epoch: Epoch;
  /** Default true: images are classified whose predictions are missing. */
  mayClassify?: boolean;
  onProgress?: ((task: string, progress: ClassifyProgress) => void) | undefined;
}

/** The answers, or why there are none, with the command that brings them. */
export type Answered = TaskAnswers | { missing: string };

export const isAnswered = (answered: Answered): answered is TaskAnswers => 'images' in answered;

/** Whether there are answers, each of which is one class. */
export const hasOneLabel = (answered: Answered): answered is TaskAnswers =>
  isAnswered(answered) && answered.labels === 'one';

/** The folder of a task. @throws InvalidInputError for a name that leads elsewhere: files of a run may come from anybody */
function folderOf(task: string, { folder }: TrainedRun): string {
  if (path.basename(task) !== task || /^\.{0,2}$/.test(task)) {
    throw expected('names of tasks that are names of folders', folder, task);
  }
  return task;
}

/**
 * Reads `predictions.csv` in the run's folder, as `evaluate --predictions` writes it, or `validation.json`, as `submit` does, unless
 * they are older than the model or of another epoch; else classifies the validation images, and writes such a table, if the data set
 * is at hand.
 *
 * @throws InvalidInputError when a file is damaged, and as `evaluate` does
 */
export async function answersOf(run: TrainedRun, task: string, at: AtHand): Promise<Answered> {
  const folder = run.tasks.length > 1 ? path.join(run.folder, folderOf(task, run)) : run.folder;
  const model = await modelTime(run.folder, at.epoch);
  const table = await tableOf(run, folder, at.epoch);
  if (await isCurrent(table, model)) {
    return await fromTable(table, task, at.manifest);
  }
  const { manifest } = at;
  const weights = at.epoch === 'best' ? ' --epoch best' : '';
  const command = `npx bobbin evaluate --data ${shellWord(at.data ?? 'DATA')} --run ${shellWord(run.folder)}${weights} --predictions`;
  if (model === undefined) {
    return { missing: 'The training has not ended: scores follow then.' };
  }
  if (manifest === undefined || at.mayClassify === false) {
    return { missing: `The predictions are missing: \`${command}\` writes them.` };
  }
  if (samplesOf(manifest, task, 'validation').length === 0) {
    return { missing: 'The data set has no validation images of this task.' };
  }
  const stored = path.join(folder, 'validation.json');
  if (at.epoch === 'last' && (await isCurrent(stored, model))) {
    const answers = await fromStored(stored, task, manifest);
    if (answers !== undefined) {
      return answers;
    }
  }
  await classify(run, task, { ...at, manifest, table });
  return await fromTable(table, task, manifest);
}

/**
 * The table for the answers of an epoch. What `evaluate` wrote says its epoch in the file beside it; the best epoch has a table of
 * its own unless that one is of it.
 */
async function tableOf(run: TrainedRun, folder: string, epoch: Epoch): Promise<string> {
  const file = path.join(folder, 'evaluation.json');
  const json = await ifPresent(readText(file));
  const value = json === undefined ? undefined : parseJson(json, file);
  const evaluated = isObject(value) ? value.epoch : undefined;
  const { epoch: own } = await recordOf(run, epoch);
  const isOf = evaluated === own || (epoch === 'last' && evaluated === undefined);
  return path.join(folder, isOf ? 'predictions.csv' : `predictions-${epoch}.csv`);
}

/** When the weights were written; undefined if there are none. */
async function modelTime(folder: string, epoch: Epoch): Promise<number | undefined> {
  const own = path.join(folder, 'model.json');
  const name = epoch === 'best' ? 'best' : 'model';
  const file = existsSync(own) ? own : path.join(folder, name, 'model.json');
  return (await ifPresent(stat(file)))?.mtimeMs;
}

/** Whether there is a file that is not older than the model. */
async function isCurrent(file: string, model = 0): Promise<boolean> {
  const time = (await ifPresent(stat(file)))?.mtimeMs;
  return time !== undefined && time >= model;
}

async function classify(
  run: TrainedRun,
  task: string,
  { manifest, epoch, table, onProgress }: AtHand & { manifest: Manifest; table: string },
): Promise<void> {
  const several = run.tasks.length > 1;
  const opened = await findRun(run.folder, { task: several ? task : undefined, epoch });
  const classifier = await openRun(opened, epoch);
  try {
    await evaluate({
      ...{ classifier, manifest, task, predictions: table },
      onProgress: (progress) => onProgress?.(task, progress),
    });
  } finally {
    classifier.model.dispose();
  }
}

async function fromTable(
  table: string,
  task: string,
  manifest: Manifest | undefined,
): Promise<Answered> {
  const all = await readPredictions([table], { anyNumber: true });
  // Data and run may call their only task otherwise.
  const found = all.find((each) => each.task === task) ?? (all.length === 1 ? all[0] : undefined);
  if (found === undefined) {
    return { missing: `${table} has no predictions of this task.` };
  }
  const places = manifest && new Map(placesOf(manifest, found.task));
  const images = found.images.map((image) => ({
    ...image,
    file: places?.get(keyOf(image.path, image.offset)),
    top: topClass(image.row),
  }));
  return { task, classes: found.classes, labels: found.labels, images, source: table };
}

/** The images of a task by their names in predictions. */
function* placesOf(manifest: Manifest, task: string): Generator<[string, ImageFile]> {
  for (const sample of manifest.samples) {
    if (sample.task === task) {
      const { path: file, range, box } = resolveSample(manifest, sample);
      yield [
        keyOf(sample.path, range?.offset),
        { path: file, ...(range && { range }), ...(box && { box }) },
      ];
    }
  }
}

const keyOf = (name: string, offset: number | undefined) => `${offset ?? ''} ${name}`;

/** What `submit` predicted of the validation images; undefined if they are not those of the manifest now. */
async function fromStored(
  file: string,
  task: string,
  manifest: Manifest,
): Promise<TaskAnswers | undefined> {
  const { files, classes, probabilities, failures } = await loadPrediction(file);
  const samples = [...samplesOf(manifest, task, 'validation')];
  const located = samples.map((sample) => resolveSample(manifest, sample));
  if (String(located.map(imageName)) !== String(files)) {
    return undefined;
  }
  const unread = new Set(failures.map(({ index }) => index));
  const images = samples.flatMap((sample: Sample, index): AnsweredImage[] => {
    const row = Float64Array.from(
      probabilities.subarray(index * classes.length, (index + 1) * classes.length),
    );
    const { path: name, range, label, labels: several, maybe } = sample;
    const image = {
      ...{ path: name, label, maybe, row },
      ...(range && { offset: range.offset }),
      ...(several && { labels: several }),
    };
    return unread.has(index) ? [] : [{ ...image, file: located[index], top: topClass(row) }];
  });
  const { labels = 'one' } = taskOf(manifest, task);
  return { task, classes, labels, images, source: file };
}
