/** The settings that a submission was begun with: a later call continues it only with the same ones. */
import path from 'node:path';
import { ifPresent, isObject, parseJson, readText, writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import { checkSameSettings, type Settings } from '../settings.js';
import { completeSettings } from '../training/index.js';

/**
 * Writes `settings`, completed by the defaults of training, to `folder`/settings.json if there is none.
 *
 * @throws InvalidInputError when there is one that differs, naming all that differs, or that is damaged
 */
export async function keepSettings(folder: string, settings: Settings): Promise<void> {
  const file = path.join(folder, 'settings.json');
  const now = completeSettings(JSON.parse(JSON.stringify(settings)));
  const saved = await ifPresent(readText(file));
  if (saved === undefined) {
    await writeWhole(file, `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  checkSameSettings(folder, completeSaved(saved, file), now);
}

/** Earlier versions kept the absolute path of the source, with which a folder that moved could not be continued. */
function withRelativeSource(settings: Settings, folder: string): Settings {
  const { source } = settings;
  return typeof source === 'string' && path.isAbsolute(source)
    ? { ...settings, source: path.relative(folder, source).split(path.sep).join('/') || '.' }
    : settings;
}

function completeSaved(json: string, file: string): Settings {
  const remedy = 'Restore the file, or choose another folder';
  const settings = parseJson(json, file, remedy);
  if (!isObject(settings)) {
    throw expected('an object of settings', file, settings, remedy);
  }
  try {
    return completeSettings(withRelativeSource(settings, path.dirname(file)));
  } catch (error) {
    throw expected('settings of an earlier call', file, (error as Error).message, remedy);
  }
}
