/** What a run is going to do: checked options, and the samples they apply to. */
import { type Manifest, type Sample, samplesOf } from '../dataset/index.js';
import { expected } from '../errors.js';
import { pickOptions, resolveOptions } from '../options.js';
import type { Augmentation } from '../pipeline/index.js';
import type { Settings } from './checkpoint.js';
import {
  checkTogether,
  type TrainValues,
  trainAugmentationOptions,
  trainOptions,
} from './options.js';
import { settingsOf } from './settings.js';

export interface PlanOptions extends Partial<TrainValues> {
  manifest: Manifest;
  task: string;
  augmentation?: Partial<Augmentation>;
}

export interface Plan {
  values: TrainValues;
  augmentation: Augmentation;
  /** The task's, in label order. */
  classes: string[];
  training: Sample[];
  validation: Sample[];
  settings: Settings;
}

/** @throws InvalidInputError for an option out of its range, an unknown task or one without images to train on. */
export function planOf(options: PlanOptions): Plan {
  const { manifest, task } = options;
  const values = resolveOptions(trainOptions, pickOptions(trainOptions, options));
  const augmentation = resolveOptions<typeof trainAugmentationOptions>(
    trainAugmentationOptions,
    options.augmentation,
  );
  checkTogether(values, augmentation);
  const training = samplesOf(manifest, task, 'train');
  const validation = samplesOf(manifest, task, 'validation');
  if (training.length === 0) {
    throw expected('training images', `task ${task}`, 'none');
  }
  const classes = manifest.tasks.find(({ name }) => name === task)?.classes as string[];
  const settings = settingsOf({ task, values, augmentation, training, validation });
  return { values, augmentation, classes, training, validation, settings };
}
