/** Reads the folders of runs: what they were trained with, on which machine, and how each epoch went. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, parseOptions, readText } from '../../disk/index.js';
import { findRun, recordOf, runsIn } from '../../model/index.js';
import { valuesByName } from '../../settings.js';
import {
  type Environment,
  type EpochRecord,
  readEnvironment,
  readHistory,
  tasksOfRun,
} from '../../training/index.js';

/** A folder that a training filled, or fills now. */
export interface TrainedRun {
  /** What the page calls it: the folder that was named, which may have runs of several tasks, or what tells it from the others. */
  group: string;
  folder: string;
  tasks: string[];
  /** `config.json`: its options by their names, such as `augmentation.flip`. None for a model without its run. */
  options: Map<string, unknown>;
  /** `config.json` as it is written, with its comments. */
  config: string | undefined;
  history: EpochRecord[];
  /** The epoch whose weights are in `best`. */
  best: number | undefined;
  environment: Partial<Environment> | undefined;
}

/** How messages call the parameters. */
const names = { folder: 'run', task: '--task', epoch: '--epoch' };

/**
 * The runs in each of the folders: the folder itself, or those among its folders, by the names of their tasks. A run whose
 * training has not ended is one, too.
 *
 * @throws InvalidInputError when a folder does not exist or has no run, and when a file of one is damaged
 */
export async function readRuns(folders: readonly string[]): Promise<TrainedRun[]> {
  const runs: TrainedRun[] = [];
  const groups = shortNames(folders);
  for (const [index, given] of folders.entries()) {
    const found = await runFolders(given);
    if (found.length === 0) {
      // It has none, and says why.
      await findRun(given, {}, names);
    }
    const group = groups[index] as string;
    const read = await Promise.all(found.map((folder) => readRun(group, folder)));
    runs.push(...read.sort((a, b) => (String(a.tasks) < String(b.tasks) ? -1 : 1)));
  }
  return runs;
}

const marks = ['history.csv', 'model.json', 'model/model.json', 'best/model.json'];

/** The parts of the paths that differ: `a` and `b` of `runs/a/collar` and `runs/b/collar`. A path alone stays as it is. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((each) => path.normalize(each).replace(/\/$/, '').split('/'));
  const shortest = Math.min(...parts.map(({ length }) => length));
  const isShared = (place: number) => parts.every((own) => own.at(place) === parts[0]?.at(place));
  if (paths.length < 2) {
    return [...paths];
  }
  let [from, behind] = [0, 0];
  while (from < shortest - 1 && isShared(from)) {
    from++;
  }
  while (from + behind < shortest - 1 && isShared(-1 - behind)) {
    behind++;
  }
  return parts.map((own) => own.slice(from, own.length - behind).join('/'));
}

/** Whether a folder has a run, also one that is trained now. */
export const isRun = (folder: string): boolean =>
  marks.some((mark) => existsSync(path.join(folder, mark)));

async function runFolders(group: string): Promise<string[]> {
  if (isRun(group)) {
    return [group];
  }
  const entries = (await ifPresent(readdir(group, { withFileTypes: true }))) ?? [];
  const inside = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  return inside.map((name) => path.join(group, name)).filter(isRun);
}

/** One run, also while it is trained. */
export async function readRun(group: string, folder: string): Promise<TrainedRun> {
  const file = path.join(folder, 'config.json');
  const config = await ifPresent(readText(file));
  const options = config === undefined ? {} : parseOptions(config, file);
  const { epoch: best } = await recordOf({ folder }, 'best');
  return {
    group,
    folder,
    tasks: await tasksIn(folder),
    options: valuesByName(options),
    config,
    history: await readHistory(folder),
    best,
    environment: await readEnvironment(folder),
  };
}

/** A run knows its tasks by its checkpoint, and a model without one by itself. */
async function tasksIn(folder: string): Promise<string[]> {
  const [last] = await runsIn(folder, 'last');
  const [best] = last === undefined ? await runsIn(folder, 'best') : [];
  return (await tasksOfRun(folder)) ?? (last ?? best)?.tasks ?? [path.basename(folder)];
}
