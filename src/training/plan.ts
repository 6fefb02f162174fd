/** The plan of a run: its checked options and its samples. */
import { drawSamples, type Manifest, type Samples, samplesOf } from '../dataset/index.js';
import { conflict, expected } from '../errors.js';
import { checkApplies, type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { type Augmentation, type Augmenter, requireCuda, viewsOf } from '../pipeline/index.js';
import { count } from '../plural.js';
import { checkPrecision, gpuInUse } from '../tensorflow/index.js';
import { checkOptimizer, resolveOptimizer } from './optimizer/index.js';
import {
  type TrainAugmentation,
  type TrainValues,
  trainAugmentationOptions,
  trainOptions,
} from './options.js';
import { checkPhases, cyclesOf } from './run/phases.js';
import { checkSchedule } from './schedule/options.js';

export interface PlanOptions extends GivenValues<typeof trainOptions> {
  /** The prepared data set. */
  manifest: Manifest;
  /** Name of one of the manifest's tasks. */
  task: string;
  /** Random changes of the training images. */
  augmentation?: TrainAugmentation | undefined;
}

export interface Plan {
  task: string;
  values: TrainValues;
  augmentation: Augmentation;
  /** The task's, in label order. */
  classes: string[];
  training: Samples;
  validation: Samples;
}

/** A plan in which `augment: 'auto'` has become `cpu` or `gpu`. */
export interface ResolvedPlan extends Plan {
  values: TrainValues & { augment: Augmenter };
}

/**
 * @throws InvalidInputError when an option is out of its range or two options conflict, and when the task is
 *   unknown or has no training images
 */
export function planOf(options: PlanOptions): Plan {
  const { manifest, task } = options;
  const { values, augmentation } = checkedValues(options);
  const { fold, limit, seed } = values;
  const all = samplesOf(manifest, task, 'train', fold);
  const training = limit > 0 ? drawSamples(all, limit, seed) : all;
  const validation = samplesOf(manifest, task, 'validation', fold);
  if (training.length === 0) {
    throw expected('training images', `task ${task}`, 0, 'Put photos into its training split');
  }
  const classes = manifest.tasks.find(({ name }) => name === task)?.classes as string[];
  return { task, values: resolveOptimizer(values), augmentation, classes, training, validation };
}

/**
 * The options of a plan with their defaults.
 *
 * @throws InvalidInputError when one is out of its range, and when two conflict with each other or with this machine
 */
export function checkedValues(
  options: Omit<PlanOptions, 'manifest' | 'task'>,
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
export function warningsOf({ task, values, training }: Plan): string[] {
  const { batchSize, learningRate } = values;
  const warnings: string[] = [];
  if (batchSize > training.length) {
    warnings.push(
      `An epoch of task ${task} is one step: a batch (${batchSize}) exceeds its ${count(training.length, 'image')}.`,
    );
  }
  if (learningRate === 0) {
    warnings.push(`The learning rate is 0: no step changes the weights of task ${task}.`);
  }
  return warnings;
}

/** The plan with the chosen augmenter. */
export function withAugmenter(plan: Plan, augment: Augmenter): ResolvedPlan {
  return { ...plan, values: { ...plan.values, augment } };
}

/** Checks options that are valid alone: against each other and against the devices of this machine. */
function checkCombination(values: TrainValues, augmentation: Augmentation): void {
  const { precision, augment } = values;
  checkApplies(trainOptions, values);
  checkOptimizer(values);
  checkPhases(values);
  for (const { from, to } of cyclesOf(values)) {
    checkSchedule({ ...values, epochs: to - from });
  }
  if (values.trainable === 'head' && values.layerDecay !== 1) {
    const why = 'The head has the whole learning rate: leave layerDecay out';
    throw conflict(`layerDecay ${values.layerDecay}`, 'trainable head', why);
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
