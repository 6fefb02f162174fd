/** Checkpoints: the complete state of a run, in a folder that appears when it is complete. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  ifPresent,
  makeFolder,
  removeLeftovers,
  replaceFile,
  sealed,
  writePart,
  writing,
} from '../../disk/index.js';
import {
  type Classifier,
  describedClassifier,
  descriptionOf,
  readClassifier,
  weightsOf,
} from '../../model/index.js';
import type { Settings } from '../../settings.js';
import type { Slot } from '../optimizer/index.js';
import { type Position, readState, type State } from './state.js';
import { earlierSlots, readTensors, slotsOf, tensorsOf, writeTensors } from './tensors.js';

export type { EpochTotals, Position, TaskTotals } from './state.js';

export interface Checkpoint {
  classifier: Classifier;
  slots: Slot[];
  position: Position;
  settings: Settings;
}

const weightsFile = 'weights.safetensors';
const slotsFile = 'slots.safetensors';
const folderOf = (run: string): string => path.join(run, 'checkpoint');
const namePattern = /^epoch-\d{6}-batch-\d{8}$/;

/** Writes a checkpoint to `run/checkpoint`, then removes the earlier ones. */
export async function saveCheckpoint(run: string, checkpoint: Checkpoint): Promise<void> {
  const { classifier, slots, position, settings } = checkpoint;
  const name = `epoch-${digits(position.epoch, 6)}-batch-${digits(position.batch, 8)}`;
  if ((await checkpointNames(run)).includes(name)) {
    return;
  }
  const weights = new Map(weightsOf(classifier.model).map((weight) => [weight.name, weight]));
  await replaceFile(path.join(folderOf(run), name), async (unfinished) => {
    await makeFolder(unfinished);
    const state: State = {
      version: 5,
      position,
      settings,
      classifier: descriptionOf(classifier),
      weightsHash: await writeTensors(path.join(unfinished, weightsFile), weights),
      slotsHash: await writeTensors(path.join(unfinished, slotsFile), tensorsOf(slots)),
    };
    await writePart(path.join(unfinished, 'state.json'), sealed(state));
  });
  await keepNewest(run);
}

/** Removes from `run/checkpoint` all but the newest checkpoint: earlier ones, and what a killed process left unfinished. */
export async function keepNewest(run: string): Promise<void> {
  const folder = folderOf(run);
  await removeLeftovers(folder);
  const earlier = (await checkpointNames(run)).slice(0, -1);
  // Bobbin 0.1 wrote checkpoints under the name `unfinished`.
  for (const name of [...earlier, 'unfinished']) {
    const file = path.join(folder, name);
    await writing(file, () => rm(file, { recursive: true, force: true }));
  }
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/**
 * The newest checkpoint of `run`, or undefined. Its files are checked by their hashes.
 *
 * @throws InvalidInputError when another version wrote it or a file is damaged
 */
export async function loadCheckpoint(run: string): Promise<Checkpoint | undefined> {
  const newest = await newestCheckpoint(run);
  if (newest === undefined) {
    return undefined;
  }
  const { folder, remedy } = newest;
  const state = await readState(folder, remedy);
  const { position, settings } = state;
  if (state.version === 4) {
    const slots = await earlierSlots(folder, state, remedy);
    return { classifier: await readClassifier(folder, remedy), slots, position, settings };
  }
  const read = (name: string, hash: string) => readTensors(path.join(folder, name), hash, remedy);
  const slots = slotsOf(await read(slotsFile, state.slotsHash));
  const weights = await read(weightsFile, state.weightsHash);
  const file = path.join(folder, 'state.json');
  const classifier = await describedClassifier(state.classifier, weights, { file, remedy });
  return { classifier, slots, position, settings };
}

/**
 * The tasks of the run in `folder`, by its newest checkpoint; undefined without one.
 *
 * @throws InvalidInputError as {@link settingsOfRun} does
 */
export async function tasksOfRun(folder: string): Promise<string[] | undefined> {
  const settings = await settingsOfRun(folder);
  return settings && ((settings.tasks as string[] | undefined) ?? [settings.task as string]);
}

/**
 * The settings of the run in `folder`, by its newest checkpoint; undefined without one.
 *
 * @throws InvalidInputError when another version wrote the checkpoint or its state is damaged
 */
export async function settingsOfRun(folder: string): Promise<Settings | undefined> {
  const newest = await newestCheckpoint(folder);
  return newest && (await readState(newest.folder, newest.remedy)).settings;
}

/** Its folder, and the remedy if it is damaged. */
async function newestCheckpoint(
  run: string,
): Promise<{ folder: string; remedy: string } | undefined> {
  const newest = (await checkpointNames(run)).at(-1);
  if (newest === undefined) {
    return undefined;
  }
  const folder = path.join(folderOf(run), newest);
  const remedy = `Remove ${folder}: training then resumes from the checkpoint before it, or begins anew without one`;
  return { folder, remedy };
}

/** Oldest first. */
async function checkpointNames(run: string): Promise<string[]> {
  const names = (await ifPresent(readdir(folderOf(run)))) ?? [];
  return names.filter((name) => namePattern.test(name)).sort();
}
