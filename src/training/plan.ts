/** The plan of a run: its checked options and its samples. */
import { drawSamples, type Manifest, type Samples, type Task, taskOf } from '../dataset/index.js';
import { conflict, expected, givenTwice, missing } from '../errors.js';
import { checkApplies, type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { type Augmentation, type Augmenter, requireCuda, viewsOf } from '../pipeline/index.js';
import { count } from '../plural.js';
import { checkPrecision, gpuInUse, useThreads } from '../tensorflow/index.js';
import { checkFeatureViews } from './features/options.js';
import { checkOptimizer, resolveOptimizer } from './optimizer/index.js';
import {
  type TrainAugmentation,
  type TrainValues,
  trainAugmentationOptions,
  trainOptions,
} from './options.js';
import type { Pass } from './run/objective.js';
import { checkPhases, cyclesOf } from './run/phases.js';
import { checkSchedule } from './schedule/options.js';
import { emptyClassesOf } from './tasks/empty-classes.js';
import { hasOneLabel, imagesOf, labelsOf, withTaught } from './tasks/images.js';
import { LabelTable } from './tasks/label-table.js';
import type { StoredTargets } from './tasks/soft-targets.js';

export interface PlanOptions extends GivenValues<typeof trainOptions> {
  /** The prepared data set. */
  manifest: Manifest;
  /** Name of one of the manifest's tasks. */
  task?: string | undefined;
  /** Instead of `task`, names of several: one network learns them all, with a head for each. */
  tasks?: readonly string[] | undefined;
  /** Random changes of the training images. */
  augmentation?: TrainAugmentation | undefined;
}

export interface Plan {
  /** At least one. */
  tasks: Task[];
  values: TrainValues;
  augmentation: Augmentation;
  /** The images of all tasks. */
  training: Samples;
  validation: Samples;
  /** For each task the classes that its head leaves out, by their numbers. */
  leftOut: number[][];
  /**
   * Their labels, where that of a sample is not enough: of several tasks, of any number of labels, with shares of `maybe`, or with soft
   * targets.
   */
  labels?: Record<Pass, LabelTable>;
  /** Where images without a label have soft targets, who gave them, and a digest of them. */
  taught?: Pick<StoredTargets, 'teachers' | 'digest'>;
}

/** A plan in which `augment: 'auto'` has become `cpu` or `gpu`. */
export interface ResolvedPlan extends Plan {
  values: TrainValues & { augment: Augmenter };
}

/**
 * @param soft targets for images without a label
 * @throws InvalidInputError when an option is out of its range or two options conflict, and when the task is
 *   unknown, named twice or has no training images
 */
export function planOf(options: PlanOptions, soft?: StoredTargets): Plan {
  const { manifest } = options;
  const { values, augmentation } = checkedValues(options);
  const { fold, limit, seed, trainOn, maybe } = values;
  const tasks = tasksOf(options);
  checkOrdered(manifest, values);
  checkHeld(values, soft);
  const [trained, held] =
    trainOn === 'all' ? (['all', 'none'] as const) : (['train', 'validation'] as const);
  const trainingPart = { manifest, tasks, split: trained, fold };
  const validationPart = { manifest, tasks, split: held, fold };
  const validation = imagesOf(validationPart);
  const labelled = imagesOf(trainingPart);
  const all = soft ? withTaught(trainingPart, labelled, soft, validation) : labelled;
  const training = limit > 0 ? drawSamples(all, limit, seed) : all;
  const plan: Plan = {
    tasks,
    values: resolveOptimizer(values),
    augmentation,
    training,
    validation,
    leftOut: [],
    ...(soft && { taught: { teachers: soft.teachers, digest: soft.digest } }),
    ...((!hasOneLabel(tasks) || maybe > 0 || soft) && {
      labels: {
        train: new LabelTable(trainingPart, training, { maybe, soft }),
        validate: new LabelTable(validationPart, validation),
      },
    }),
  };
  checkLabelled(plan);
  return values.emptyClasses === 'keep' ? plan : { ...plan, leftOut: leftOutOf(plan) };
}

const leftOutOf = ({ tasks, training, labels }: Plan): number[][] =>
  tasks.map((task, place) =>
    emptyClassesOf(task, labels?.train.classesFor(place) ?? labelsOf(training)),
  );

function tasksOf({ manifest, task, tasks }: PlanOptions): Task[] {
  if (task !== undefined && tasks !== undefined) {
    throw conflict(
      'task',
      'tasks',
      'Give the task of a network of its own, or those of one network',
    );
  }
  const names = tasks ?? (task === undefined ? [] : [task]);
  if (names.length === 0) {
    throw missing('the name of a task', 'task');
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw givenTwice(`The task ${twice}`);
  }
  return names.map((name) => taskOf(manifest, name));
}

/** Each task has something to learn from, and the loss fits its labels. */
function checkLabelled({ tasks, values, training, labels, taught }: Plan): void {
  const any = tasks.find((task) => task.labels === 'any');
  if (any !== undefined && values.classWeights !== 'none') {
    const why = 'An image of it has no one class: leave classWeights out';
    throw conflict(`classWeights ${values.classWeights}`, `the labels of task ${any.name}`, why);
  }
  if (any !== undefined && values.maybe > 0) {
    const why = 'An image of it has no one class to share with: leave maybe out';
    throw conflict(`maybe ${values.maybe}`, `the labels of task ${any.name}`, why);
  }
  if ((!hasOneLabel(tasks) || taught) && values.sampling !== 'once') {
    const why = 'Its images have no one class: leave sampling out';
    throw conflict(`sampling ${values.sampling}`, inWords(tasks), why);
  }
  const countOf = (place: number) => labels?.train.labelsFor(place).length ?? training.length;
  const empty = tasks.find((_, place) => countOf(place) === 0);
  if (empty !== undefined) {
    const name = `task ${empty.name}`;
    throw expected('training images', name, 0, 'Put photos into its training split');
  }
}

function checkOrdered({ tasks }: Manifest, { orderedLoss }: TrainValues): void {
  if (orderedLoss !== 'none' && tasks.every(({ ordered }) => ordered === undefined)) {
    const why =
      'None has ordered classes: prepare the data again and name them (--ordered TASK, in a program `ordered`), or leave orderedLoss out';
    throw conflict(`orderedLoss ${orderedLoss}`, inWords(tasks), why);
  }
}

/** Teachers that have seen the labels of the validation images would tell them to the student. */
function checkHeld({ fold, trainOn }: TrainValues, soft: StoredTargets | undefined): void {
  if (soft !== undefined && (soft.held.fold !== fold || soft.held.trainOn !== trainOn)) {
    const inWords = (held: StoredTargets['held']) =>
      `trainOn ${held.trainOn} and ${held.fold === undefined ? 'no fold' : `fold ${held.fold}`}`;
    const remedy = 'Let the teachers answer again, with the fold and trainOn of this run';
    throw expected(
      `those made for ${inWords({ fold, trainOn })}`,
      'softTargets',
      inWords(soft.held),
      remedy,
    );
  }
}

/** `task collar`, `tasks collar and sleeve` */
export function inWords(tasks: readonly Pick<Task, 'name'>[]): string {
  const names = tasks.map(({ name }) => name);
  return names.length === 1
    ? `task ${names[0]}`
    : `tasks ${new Intl.ListFormat('en').format(names)}`;
}

/**
 * The options of a plan with their defaults. TensorFlow gets its threads, if they are given and it has not started.
 *
 * @throws InvalidInputError when one is out of its range, and when two conflict with each other or with this machine
 */
export function checkedValues(
  options: Omit<PlanOptions, 'manifest' | 'task' | 'tasks'>,
): Pick<Plan, 'values' | 'augmentation'> {
  const values = resolveOptions(trainOptions, pickOptions(trainOptions, options));
  const augmentation = resolveOptions<typeof trainAugmentationOptions>(
    trainAugmentationOptions,
    options.augmentation,
  );
  checkCombination(values, augmentation);
  return { values, augmentation };
}

/** A sentence for each option that is valid but probably not meant. */
export function warningsOf({ tasks, values, training }: Plan): string[] {
  const { batchSize, learningRate, trainOn } = values;
  const warnings: string[] = [];
  if (batchSize > training.length) {
    warnings.push(
      `An epoch of ${inWords(tasks)} is one step: a batch (${batchSize}) exceeds its ${count(training.length, 'image')}.`,
    );
  }
  if (learningRate === 0) {
    warnings.push(`The learning rate is 0: no step changes the weights of ${inWords(tasks)}.`);
  }
  if (trainOn === 'all') {
    warnings.push(
      `The validation images of ${inWords(tasks)} are trained on, too: scores on them do not tell how good the network is.`,
    );
  }
  return warnings;
}

/** The plan with the chosen augmenter. */
export function withAugmenter(plan: Plan, augment: Augmenter): ResolvedPlan {
  return { ...plan, values: { ...plan.values, augment } };
}

/** Checks options that are valid alone: against each other, and against the devices of this machine and the threads in use. */
function checkCombination(values: TrainValues, augmentation: Augmentation): void {
  const { precision, augment, computeThreads } = values;
  if (computeThreads > 0) {
    // The check of the precision starts TensorFlow.
    useThreads(computeThreads, 'computeThreads');
  }
  checkApplies(trainOptions, values);
  checkOptimizer(values);
  checkTrainOn(values);
  checkPhases(values);
  checkFeatureViews(values, augmentation);
  for (const { from, to } of cyclesOf(values)) {
    checkSchedule({ ...values, epochs: to - from });
  }
  if (values.classWeights === 'balanced' && values.sampling === 'balanced') {
    const why = 'Each alone makes all classes count alike: choose one';
    throw conflict('classWeights balanced', 'sampling balanced', why);
  }
  if (viewsOf(augmentation) > 1) {
    throw expected('center, random or random-resized', 'crop', augmentation.crop);
  }
  checkPrecision(precision);
  if (augment === 'gpu') {
    requireCuda('augment gpu');
    if (gpuInUse() === undefined) {
      throw conflict('augment gpu', 'TensorFlow on the CPU', 'Use augment cpu');
    }
  }
}

/** Without validation images there is no fold to hold back and no best epoch. */
function checkTrainOn({ trainOn, fold, patience, bestBy }: TrainValues): void {
  const others = [
    ...(fold === undefined ? [] : [`fold ${fold}`]),
    ...(patience === trainOptions.patience.default ? [] : [`patience ${patience}`]),
    ...(bestBy === trainOptions.bestBy.default ? [] : [`bestBy ${bestBy}`]),
  ];
  const [other] = others;
  if (trainOn === 'all' && other !== undefined) {
    throw conflict(other, 'trainOn all', `No image validates: leave ${other.split(' ')[0]} out`);
  }
}
