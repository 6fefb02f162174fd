/** What a resumed run must have in common with the one it continues. */
import { createHash } from 'node:crypto';
import type { Sample } from '../dataset/index.js';
import { expected } from '../errors.js';
import type { Augmentation } from '../pipeline/index.js';
import type { Settings } from './checkpoint.js';
import type { TrainValues } from './options.js';

interface Shaping {
  task: string;
  values: TrainValues;
  augmentation: Augmentation;
  training: readonly Sample[];
  validation: readonly Sample[];
}

/** The options and data that shape the result, by name. */
export function settingsOf({
  task,
  values,
  augmentation,
  training,
  validation,
}: Shaping): Settings {
  const { threads: _, memoryMB: __, failureBudget: ___, ...shaping } = values;
  return {
    task,
    ...shaping,
    ...augmentation,
    'training images': digest(training),
    'validation images': digest(validation),
  };
}

const digest = (samples: readonly Sample[]): string =>
  createHash('sha256')
    .update(samples.map(({ hash, label }) => `${hash} ${label}\n`).join(''))
    .digest('hex');

/** Throws InvalidInputError naming the first setting that differs. */
export function checkSameSettings(saved: Settings, current: Settings): void {
  for (const [name, value] of Object.entries(saved)) {
    if (JSON.stringify(current[name]) !== JSON.stringify(value))
      throw expected(
        `${JSON.stringify(value)}, as in the checkpoint,`,
        name,
        current[name],
        'Resume with the same options and data, or train into another folder',
      );
  }
}
