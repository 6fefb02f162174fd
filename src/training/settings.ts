/** What shapes a run: kept for the next one, and what a resumed run must have in common with the one it continues. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
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
  return {
    task,
    ...shapingOf(values),
    ...augmentation,
    'training images': digest(training),
    'validation images': digest(validation),
  };
}

/**
 * Writes `run/config.json`: the options that shape the result as {@link train} takes them, data and folders apart. The
 * commands take it with `--config`. A comment says why `augment` was chosen, where it was left open.
 */
export async function saveConfig(
  run: string,
  { values, augmentation }: Pick<Shaping, 'values' | 'augmentation'>,
  { model, reason }: { model: object | undefined; reason: string | undefined },
): Promise<void> {
  const config = { model, ...shapingOf(values), augmentation };
  const comment = reason === undefined ? '' : `// ${reason}\n`;
  await writeWhole(path.join(run, 'config.json'), `${comment}${JSON.stringify(config, null, 2)}\n`);
}

/** Without what only says how the machine is used. */
function shapingOf({ threads: _, memoryMB: __, failureBudget: ___, ...shaping }: TrainValues) {
  return shaping;
}

const digest = (samples: readonly Sample[]): string =>
  createHash('sha256')
    .update(samples.map(({ hash, label }) => `${hash} ${label}\n`).join(''))
    .digest('hex');

/** @throws InvalidInputError naming the first setting that differs. */
export function checkSameSettings(saved: Settings, current: Settings): void {
  for (const [name, value] of Object.entries(saved)) {
    if (JSON.stringify(current[name]) !== JSON.stringify(value)) {
      throw expected(
        `${JSON.stringify(value)}, as in the checkpoint,`,
        name,
        current[name],
        'Resume with the same options and data, or train into another folder',
      );
    }
  }
}
