/** The settings that determine a result: saved with it, and compared when the work continues. */
import { InvalidInputError } from './errors.js';

/** Options and other values that JSON can hold, by name; a group of options is an object. */
export type Settings = Record<string, unknown>;

/**
 * Compares the settings that `folder` was begun with to those of now. A value of `undefined` counts as
 * absent, since JSON cannot hold it.
 *
 * @throws InvalidInputError when some differ, naming each one with both values; one in a group is `group.name`
 */
export function checkSameSettings(folder: string, saved: Settings, now: Settings): void {
  const [before, after] = [jsonByName(saved), jsonByName(now)];
  const differences = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => difference(name, before.get(name), after.get(name)));
  if (differences.length > 0) {
    throw new InvalidInputError(
      `${folder} holds work begun with other settings (${differences.join('; ')}). Repeat those, or choose another folder`,
    );
  }
}

/** A digest tells a reader nothing. */
const difference = (name: string, before = 'not given', after = 'not given'): string =>
  digest.test(before) || digest.test(after)
    ? `the ${name} are not the same`
    : `${name} was ${before}, is ${after}`;

const digest = /^"[0-9a-f]{64}"$/;

/** The values by the names of their settings; one in a group is `group.name`. */
export function valuesByName(settings: Settings, group = ''): Map<string, unknown> {
  const entries = Object.entries(settings).flatMap(([name, value]): [string, unknown][] => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      return [...valuesByName(value as Settings, `${group}${name}.`)];
    }
    return value === undefined ? [] : [[`${group}${name}`, value]];
  });
  return new Map(entries);
}

/** The reverse of {@link valuesByName}, of groups that have no groups. */
export function groupedValues(values: ReadonlyMap<string, unknown>): Settings {
  const settings: Settings = {};
  for (const [name, value] of values) {
    const [group, inner] = name.split('.') as [string, string | undefined];
    settings[group] =
      inner === undefined ? value : { ...(settings[group] as Settings), [inner]: value };
  }
  return settings;
}

const jsonByName = (settings: Settings): Map<string, string> =>
  new Map([...valuesByName(settings)].map(([name, value]) => [name, JSON.stringify(value)]));
