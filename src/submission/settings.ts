/** The settings a submission was started with: a later run continues it only under the same ones. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
import { InvalidInputError } from '../errors.js';
import { ifPresent } from '../if-present.js';

/** Plain values by name. */
export type Settings = Record<string, unknown>;

/**
 * Writes `settings` to `folder`/settings.json when there is none; throws InvalidInputError when there is one that
 * differs, naming what differs.
 */
export async function keepSettings(folder: string, settings: Settings): Promise<void> {
  const file = path.join(folder, 'settings.json');
  const earlier = await ifPresent(readFile(file, 'utf8'));
  if (earlier === undefined) {
    await mkdir(folder, { recursive: true });
    await writeWhole(file, `${JSON.stringify(settings, null, 2)}\n`);
    return;
  }
  const before = JSON.parse(earlier) as Settings;
  // Through JSON and back: what JSON cannot hold, such as undefined, is no difference.
  const now = JSON.parse(JSON.stringify(settings)) as Settings;
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const differences = names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]))
    .map((name) => `${name} was ${JSON.stringify(before[name])}, is ${JSON.stringify(now[name])}`);
  if (differences.length > 0) {
    throw new InvalidInputError(
      `${folder} holds work begun with other settings (${differences.join('; ')}). Repeat those, or choose another --out`,
    );
  }
}
