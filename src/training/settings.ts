/** The settings that determine the result of a run: saved to config.json and to checkpoints, compared on resume. */
import path from 'node:path';
import { type Samples, SampleTable } from '../dataset/index.js';
import { sha256OfPieces, textPieces, writeWhole } from '../disk/index.js';
import { modelOptions } from '../model/index.js';
import { pickOptions, resolveOptions } from '../options.js';
import { checkSameSettings, type Settings } from '../settings.js';
import { resolveOptimizer } from './optimizer/index.js';
import { type TrainValues, trainAugmentationOptions, trainOptions } from './options.js';
import type { Plan, ResolvedPlan } from './plan.js';

/** What a checkpoint keeps: options, and digests of the images. */
export function settingsOf(plan: ResolvedPlan): Settings {
  const { task, values, augmentation, training, validation } = plan;
  return {
    task,
    ...shapingOf(values),
    ...augmentation,
    'training images': digest(training),
    'validation images': digest(validation),
  };
}

/** @throws InvalidInputError when the run was begun with other options or images, naming all that differ. */
export function checkSameRun(run: string, saved: Settings, plan: ResolvedPlan): void {
  const augmentation = resolveOptions(
    trainAugmentationOptions,
    pickOptions(trainAugmentationOptions, saved),
  );
  const complete = { ...saved, ...completeShaping(saved), ...augmentation };
  checkSameSettings(run, complete, settingsOf(plan));
}

/**
 * Writes `run/config.json`: the options that shape the result, in the form that {@link train} takes, without data and
 * folders. The commands read it with `--config`. A comment gives the reason for `augment` when it was `auto`.
 */
export async function saveConfig(
  run: string,
  { values, augmentation }: Pick<Plan, 'values' | 'augmentation'>,
  { model, reason }: { model: object | undefined; reason: string | undefined },
): Promise<void> {
  const config = { model, ...shapingOf(values), augmentation };
  const comment = reason === undefined ? '' : `// ${reason}\n`;
  await writeWhole(path.join(run, 'config.json'), `${comment}${JSON.stringify(config, null, 2)}\n`);
}

/**
 * `settings`, which hold options of {@link train} in the form that it takes, with the default of each option that they
 * lack: so settings that an earlier version saved can be compared to those of now.
 */
export function completeSettings(settings: Settings): Settings {
  return {
    ...settings,
    ...completeShaping(settings),
    model: { ...resolveOptions(modelOptions), ...(settings.model as object | undefined) },
    augmentation: resolveOptions(trainAugmentationOptions, settings.augmentation ?? {}),
  };
}

const completeShaping = (settings: Settings) =>
  shapingOf(resolveOptimizer(resolveOptions(trainOptions, pickOptions(trainOptions, settings))));

/** The options that change the result: all but those that say how the machine is used. */
function shapingOf({ threads: _, memoryMB: __, failureBudget: ___, ...shaping }: TrainValues) {
  return shaping;
}

const digest = (samples: Samples): string => sha256OfPieces(textPieces(identities(samples)));

function* identities(samples: Samples): Generator<string> {
  if (samples instanceof SampleTable) {
    // There may be millions, of which no object is made.
    for (let index = 0; index < samples.length; index++) {
      yield `${samples.hash(index)} ${samples.label(index)}\n`;
    }
    return;
  }
  for (const { hash, label } of samples) {
    yield `${hash} ${label}\n`;
  }
}
