/** The options of a resumed run: what is given, and for the rest what the run was begun with. */
import type { OptionTable } from '../options.js';
import type { Settings } from '../settings.js';
import { settingsOfRun } from './checkpoint/checkpoint.js';
import { trainAugmentationOptions, trainOptions } from './options.js';
import type { PlanOptions } from './plan.js';

type Given = Omit<PlanOptions, 'manifest' | 'task' | 'tasks'>;

/**
 * `given` with the options that the run in `folder` has, where `given` has none; an option of both stays as it is given. Without
 * a checkpoint it is `given` alone. An option that neither has is not in the result.
 *
 * @throws InvalidInputError when another version wrote the checkpoint or its state is damaged
 */
export async function resumedOptions<Options extends Given>(
  folder: string,
  given: Options,
): Promise<Options> {
  const saved = (await settingsOfRun(folder)) ?? {};
  return {
    ...defined(given),
    ...completed(trainOptions, given, saved),
    augmentation: completed(trainAugmentationOptions, given.augmentation ?? {}, saved),
  };
}

function completed(table: OptionTable, given: Settings, saved: Settings): Settings {
  const known = (name: string) => given[name] ?? saved[name];
  const entries = Object.entries(table).map(([name, { appliesWith }]) => {
    // With another optimizer, that it differs is the fault to tell.
    const applies =
      appliesWith === undefined ||
      appliesWith.choices.includes(known(appliesWith.option) as string);
    return [name, applies ? known(name) : given[name]];
  });
  return defined(Object.fromEntries(entries));
}

/** Without what is `undefined`: the result may be spread over defaults. */
const defined = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
