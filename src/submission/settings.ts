/** The settings that a submission was begun with: a later call continues it only with the same ones. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, isObject, parseJson, readText, writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import { checkSameSettings, type Settings } from '../settings.js';
import { completeSettings } from '../training/index.js';

/** The folder of one model's runs in that of a submission. */
export const modelRuns = (out: string, model: number): string =>
  path.join(out, 'runs', `model-${model}`);

/** Whether a model in the submission's folder has trained: until then a later call may have any settings. */
export async function hasBegun(out: string): Promise<boolean> {
  const runs = path.join(out, 'runs');
  for (const model of (await ifPresent(readdir(runs))) ?? []) {
    for (const task of (await ifPresent(readdir(path.join(runs, model)))) ?? []) {
      const run = path.join(runs, model, task);
      if (['checkpoint', 'model'].some((name) => existsSync(path.join(run, name)))) {
        return true;
      }
    }
  }
  return false;
}

const settingsFile = (folder: string): string => path.join(folder, 'settings.json');

/**
 * Writes `settings`, completed by the defaults of training, to `folder`/settings.json, if there is none or no run has begun.
 *
 * @throws InvalidInputError when there is one that differs, naming all that differs, or that is damaged
 */
export async function keepSettings(
  folder: string,
  settings: Settings,
  begun: boolean,
): Promise<void> {
  const now = completeSettings(JSON.parse(JSON.stringify(settings)));
  const saved = begun ? await savedSettings(folder) : undefined;
  if (saved === undefined) {
    await writeWhole(settingsFile(folder), `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  checkSameSettings(folder, saved, now);
}

/**
 * The settings in `folder`/settings.json, with the defaults of those that it lacks; undefined without that file.
 *
 * @throws InvalidInputError where it is damaged
 */
export async function savedSettings(folder: string): Promise<Settings | undefined> {
  const file = settingsFile(folder);
  const json = await ifPresent(readText(file));
  if (json === undefined) {
    return undefined;
  }
  const remedy = 'Restore the file, or choose another folder';
  const settings = parseJson(json, file, remedy);
  if (!isObject(settings)) {
    throw expected('an object of settings', file, settings, remedy);
  }
  // Earlier versions kept the place of the source, which may change; the prepared data tell which release it is.
  const { source: _, ...options } = settings as Settings;
  try {
    return completeSettings(options);
  } catch (error) {
    throw expected('settings of an earlier call', file, (error as Error).message, remedy);
  }
}
