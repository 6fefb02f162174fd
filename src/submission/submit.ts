/** The whole way from a source folder to a checked submission; stopped work is found in the files and continued. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  findQuestionFiles,
  type ImageFile,
  loadManifest,
  type Manifest,
  manifestFile,
  prepare,
  resolveSample,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import { type Evaluation, score } from '../evaluation/index.js';
import { loadClassifier } from '../model/index.js';
import { type OptionTable, type OptionValues, resolveOptions } from '../options.js';
import type { AugmentChoice } from '../pipeline/index.js';
import type { ClassifyProgress } from '../prediction/index.js';
import {
  ensemble,
  loadPrediction,
  type Prediction,
  predict,
  rowsOf,
  savePrediction,
} from '../prediction/index.js';
import {
  type EpochRecord,
  type TrainOptions,
  type TrainProgress,
  type TrainResult,
  train,
} from '../training/index.js';
import { keepSettings } from './settings.js';
import { type Verification, verifySubmission } from './verify.js';
import { writeSubmission } from './write.js';

/** Options of {@link submit} beside those of preparing and training. */
export const submitOptions = {
  models: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 100,
    help: 'models per task, each from another seed, whose predictions are averaged',
  },
  crops: {
    type: 'choice',
    choices: ['center', 'five', 'ten'],
    default: 'ten',
    help: 'windows of each image whose probabilities are averaged',
  },
} as const satisfies OptionTable;

/** Which model of which task the work is at. */
export interface Member {
  task: string;
  /** 1 … models. */
  model: number;
  /** Its run folder. */
  run: string;
}

/** Hears of the work as it goes. */
export interface SubmitObserver {
  onPrepared?(manifest: Manifest): void;
  /** Of a new model, with `augment: 'auto'`. */
  onAugment?(member: Member, choice: AugmentChoice): void;
  onTraining?(member: Member, progress: TrainProgress): void;
  onEpoch?(member: Member, record: EpochRecord): void;
  /** A model is finished; not told about one that an earlier call finished. */
  onTrained?(member: Member, result: TrainResult): Promise<void> | void;
  onPredicting?(member: Member, progress: ClassifyProgress): void;
  /** The scores of a task's ensemble. */
  onScored?(evaluation: Evaluation): Promise<void> | void;
}

/** What {@link submit} takes; repeated with the same `out` it must be given the same options. */
export interface SubmitRequest extends Partial<OptionValues<typeof submitOptions>> {
  /** Folder of a FashionAI layout. */
  source: string;
  /** Folder for everything made on the way and for the submission. */
  out: string;
  /** Of the split and of the first model; each further model takes the next. */
  seed: number;
  validationFraction: number;
  training: Omit<
    TrainOptions,
    | 'manifest'
    | 'task'
    | 'run'
    | 'classifier'
    | 'seed'
    | 'resume'
    | 'signal'
    | 'onAugment'
    | 'onProgress'
    | 'onEpoch'
  >;
  observer?: SubmitObserver;
  /** Aborting saves a checkpoint and rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Where things lie and how good they are. */
export interface SubmitResult {
  manifest: Manifest;
  /** Scores of each task's ensemble on the validation split, in task order. */
  evaluations: Evaluation[];
  /** Answers to each task's questions, in question order. */
  answers: Map<string, Prediction>;
  csv: string;
  zip: string;
  /** Of the zip against the source's question.csv. */
  verification: Verification;
}

/**
 * Prepares `source`, trains every task, answers its questions, averages, writes and verifies the submission.
 *
 * What `out` already holds is not done again: a manifest, finished runs and predictions are used, an unfinished run
 * resumes at its checkpoint. Throws InvalidInputError when `out` was begun with other options.
 */
export async function submit(request: SubmitRequest): Promise<SubmitResult> {
  const { out, observer } = request;
  const { models, crops } = resolveOptions(submitOptions, {
    models: request.models,
    crops: request.crops,
  });
  const { source, seed, validationFraction } = request;
  // Threads, memory and how much damage is put up with may change from call to call.
  const { threads, memoryMB, failureBudget, ...training } = request.training;
  await keepSettings(out, {
    source: path.resolve(source),
    seed,
    validationFraction,
    models,
    crops,
    ...training,
  });
  const manifest = await prepared(request);
  const asked = await findQuestionFiles(manifest.root);
  observer?.onPrepared?.(manifest);
  const work = { request, manifest, crops };
  const evaluations: Evaluation[] = [];
  const answers = new Map<string, Prediction>();
  for (const task of manifest.tasks) {
    const members: Answers[] = [];
    for (let model = 1; model <= models; model++) {
      const run = path.join(out, 'runs', `model-${model}`, task.name);
      const member = { task: task.name, model, run };
      await trained(work, member);
      members.push(await predicted(work, task, member));
    }
    const evaluation = scored(manifest, task, members);
    if (evaluation !== undefined) {
      evaluations.push(evaluation);
      await observer?.onScored?.(evaluation);
    }
    answers.set(task.name, ensemble(members.map((each) => each.questions)));
  }
  const { questions, tasks } = manifest;
  const predictions = new Map([...answers].map(([task, answer]) => [task, rowsOf(answer)]));
  const { csv, zip } = await writeSubmission({ questions, tasks, predictions, out });
  const verification = await verifySubmission(zip, asked, tasks);
  return { manifest, evaluations, answers, csv, zip, verification };
}

async function prepared(request: SubmitRequest): Promise<Manifest> {
  const { source, out, seed, validationFraction } = request;
  const data = path.join(out, 'data');
  if (existsSync(manifestFile(data))) {
    return await loadManifest(data);
  }
  return (await prepare(source, { out: data, seed, validationFraction })).manifest;
}

/** What every model's part needs to know. */
interface Work {
  request: SubmitRequest;
  manifest: Manifest;
  crops: 'center' | 'five' | 'ten';
}

async function trained({ request, manifest }: Work, member: Member): Promise<void> {
  const { training, seed, observer, signal } = request;
  const { task, model, run } = member;
  if (existsSync(path.join(run, 'model', 'model.json'))) {
    return;
  }
  const result = await train({
    ...training,
    manifest,
    task,
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

/** One model's predictions of a task's validation images and of its questions. */
interface Answers {
  validation: Prediction;
  questions: Prediction;
}

async function predicted(work: Work, task: Task, { run, ...member }: Member): Promise<Answers> {
  const { request, manifest, crops } = work;
  const { observer, signal } = request;
  const fallback = classShares(manifest, task);
  const classifier = await loadClassifier(path.join(run, 'model'));
  const once = async (name: string, images: readonly ImageFile[]) => {
    const saved = path.join(run, `${name}.json`);
    if (existsSync(saved)) {
      return await loadPrediction(saved);
    }
    const prediction = await predict({
      classifier,
      crops,
      signal,
      fallback,
      classes: task.classes,
      files: images.map((image) => resolveSample(manifest, image)),
      onProgress: (progress) => observer?.onPredicting?.({ run, ...member }, progress),
    });
    await savePrediction(prediction, saved);
    return prediction;
  };
  const samples = samplesOf(manifest, task.name, 'validation');
  const asked = manifest.questions.filter((question) => question.task === task.name);
  try {
    const validation = await once('validation', samples);
    const questions = await once(
      'questions',
      asked.map((question) => ({ path: question.file })),
    );
    return { validation, questions };
  } finally {
    classifier.model.dispose();
  }
}

/** Share of each class among a task's training images: the best answer about an image that cannot be read. */
export function classShares(manifest: Manifest, task: Task): number[] {
  const labels = samplesOf(manifest, task.name, 'train').map(({ label }) => label);
  return task.classes.map((_, label) => {
    return labels.filter((each) => each === label).length / labels.length;
  });
}

function scored(manifest: Manifest, task: Task, members: Answers[]): Evaluation | undefined {
  const samples = samplesOf(manifest, task.name, 'validation');
  if (samples.length === 0) {
    return undefined;
  }
  const { probabilities, failures } = ensemble(members.map((each) => each.validation));
  return score({ manifest, task, split: 'validation', samples, probabilities, failures });
}
