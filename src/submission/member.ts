/** One model of a task, or of all together: trains it and predicts with it; finished work is read from its run folder. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  fileStamp,
  type ImageFile,
  imageFile,
  imageName,
  type Manifest,
  mapConcurrently,
  resolveSample,
  samplesOf,
} from '../dataset/index.js';
import { ifPresent, readRegular, sha256 } from '../disk/index.js';
import { readClassifier } from '../model/index.js';
import {
  type ClassifyProgress,
  loadPrediction,
  type Prediction,
  predict,
  type StoredPrediction,
  savePrediction,
  type Views,
} from '../prediction/index.js';
import { train } from '../training/index.js';
import type { QuestionImages } from './answer.js';
import { trainingFor } from './recipes.js';
import type { Member, SubmitRequest } from './request.js';
import { modelRuns } from './settings.js';

/** The common part of the work of all models. */
export interface Work {
  request: SubmitRequest;
  manifest: Manifest;
  views: Views;
  together: boolean;
  /** A file of soft targets that all models learn. */
  softTargets: string | undefined;
}

/** One model's predictions of its task's validation images and of its questions' images. */
export interface MemberPredictions {
  validation: Prediction;
  questions: Prediction;
}

/** Model number `model` of `task`, or of all tasks together. */
export function memberOf(
  { request, manifest, together }: Pick<Work, 'request' | 'manifest' | 'together'>,
  task: string,
  model: number,
): Member {
  const tasks = together ? manifest.tasks.map(({ name }) => name) : [task];
  const folder = tasks.length > 1 ? 'together' : task;
  return { task, tasks, model, run: path.join(modelRuns(request.out, model), folder) };
}

/** Whether the model has trained and predicted the images of all of its tasks. */
export const hasPredicted = (member: Member): boolean =>
  existsSync(path.join(member.run, 'model', 'model.json')) &&
  member.tasks.every((task) =>
    (['validation', 'questions'] as const).every((name) =>
      existsSync(predictionFile({ ...member, task }, name)),
    ),
  );

/**
 * Trains the model, or resumes its training. A model that has predicted stays as it is. One that has not is resumed even if
 * it is trained, which costs no step: the call that trained it may have ended before `onTrained` did. So is one that was removed.
 */
export async function trainMember(
  { request, manifest, softTargets }: Work,
  member: Member,
): Promise<void> {
  const { seed, observer, signal } = request;
  const { tasks, model, run } = member;
  const predictions = tasks.map((task) => predictionFile({ ...member, task }, 'validation'));
  if (existsSync(path.join(run, 'model', 'model.json')) && predictions.some(existsSync)) {
    return;
  }
  const result = await train({
    ...(await trainingFor(request, tasks)),
    manifest,
    ...(tasks.length === 1 ? { task: tasks[0] } : { tasks }),
    softTargets,
    run,
    signal,
    seed: seed + model - 1,
    resume: true,
    onAugment: (choice) => observer?.onAugment?.(member, choice),
    onProgress: (progress) => observer?.onTraining?.(member, progress),
    onEpoch: (record) => observer?.onEpoch?.(member, record),
  });
  try {
    if (!result.finished) {
      throw signal?.reason;
    }
    await observer?.onTrained?.(member, result);
  } finally {
    result.classifier.model.dispose();
  }
}

/** A network of several tasks has a folder for the predictions of each. */
const predictionFile = ({ task, tasks, run }: Member, name: 'validation' | 'questions'): string =>
  path.join(run, ...(tasks.length > 1 ? [task] : []), `${name}.json`);

/**
 * Predicts with the finished model. A prediction that is already stored in the run folder is read from there, if it is of the
 * same model and images.
 */
export async function predictMember(
  { request, manifest, views }: Work,
  member: Member,
  images: QuestionImages,
): Promise<MemberPredictions> {
  const { observer, signal } = request;
  const { task, run } = member;
  const modelFolder = path.join(run, 'model');
  const classifier = await readClassifier(
    modelFolder,
    `Remove ${modelFolder} and repeat submit: it writes the model again from its checkpoint`,
  );
  const predictOnce = async (
    name: 'validation' | 'questions',
    files: readonly (string | ImageFile)[],
  ) => {
    const stored = predictionFile(member, name);
    const origin = await originOf(modelFolder, manifest.root, files);
    const earlier = await ifPresent(loadPrediction(stored));
    if (earlier !== undefined && isOf(earlier, files, origin)) {
      return relocated(earlier, files);
    }
    const onProgress = (progress: ClassifyProgress) => observer?.onPredicting?.(member, progress);
    const prediction = await predict({
      ...{ ...images, ...views, classifier, task, signal, files },
      onProgress,
    });
    await savePrediction({ ...prediction, origin }, stored);
    return prediction;
  };
  const samples = samplesOf(manifest, task, 'validation');
  const resolved = samples.map((sample) => resolveSample(manifest, sample));
  try {
    const validation = await predictOnce('validation', resolved);
    const questions = await predictOnce('questions', images.files);
    return { validation, questions };
  } finally {
    classifier.model.dispose();
  }
}

/** Whether a stored prediction is that of these images. One of an earlier version has no origin: its names are compared. */
function isOf(
  stored: StoredPrediction,
  files: readonly (string | ImageFile)[],
  origin: string,
): boolean {
  const names = files.map((file) => imageName(imageFile(file)));
  return stored.origin === undefined
    ? stored.files.join('\n') === names.join('\n')
    : stored.origin === origin;
}

/** A stored prediction with the present places of its images. */
function relocated(
  stored: StoredPrediction,
  files: readonly (string | ImageFile)[],
): StoredPrediction {
  const places = files.map(imageFile);
  const failures = stored.failures.map((failure) => ({
    ...failure,
    path: (places[failure.index] as ImageFile).path,
  }));
  return { ...stored, files: places.map(imageName), failures };
}

/** A digest of a model, and of the images' names from `root`, their sizes, times and boxes: all may move together. */
async function originOf(
  modelFolder: string,
  root: string,
  files: readonly (string | ImageFile)[],
): Promise<string> {
  const model = sha256(await readRegular(path.join(modelFolder, 'model.json')));
  const images = await mapConcurrently(files, statsAtOnce, async (file) => {
    const image = imageFile(file);
    const stamp = await fileStamp(image.path);
    const name = imageName({ ...image, path: path.relative(root, image.path) });
    const box = image.box === undefined ? '' : ` ${image.box.join()}`;
    return `${name} ${stamp?.size} ${stamp?.modified}${box}`;
  });
  return sha256([model, ...images].join('\n'));
}

const statsAtOnce = 16;
