/** Checkpoints: the complete state of a run, in a folder that appears when it is complete. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  ifPresent,
  isObject,
  openSealed,
  readRegular,
  removeLeftovers,
  replaceFile,
  sealed,
  sha256,
  writePart,
  writing,
} from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { type Classifier, readClassifier, saveClassifier } from '../../model/index.js';
import type { PipelineWork } from '../../pipeline/index.js';
import type { Settings } from '../../settings.js';
import type { EpochRecord } from '../history.js';
import type { Slot } from '../optimizer/index.js';

/** Sums over the labels of one task in one epoch so far. */
export interface TaskTotals {
  /** By the weight of each label. */
  loss: number;
  weight: number;
  /** Of a task of any number of labels, the share of an image's classes that is right. */
  correct: number;
  labels: number;
}

/** Sums over one epoch so far. */
export interface EpochTotals {
  images: number;
  /** Sum over images; 0 where `tasks` has them. */
  loss: number;
  correct: number;
  /** In the order of the network's heads; absent where each image has one label of one task. */
  tasks?: TaskTotals[];
  /** Milliseconds of training, and the part of them spent waiting for batches. */
  trainMs: number;
  waitMs: number;
  /** The pipeline's work meanwhile; after an interruption, more than the steps used. */
  work: PipelineWork;
}

/** The position of a run between two steps. */
export interface Position {
  /** Finished epochs. */
  epoch: number;
  /** Finished batches of the current epoch. */
  batch: number;
  totals: EpochTotals;
  history: EpochRecord[];
}

export interface Checkpoint {
  classifier: Classifier;
  slots: Slot[];
  position: Position;
  settings: Settings;
}

interface State {
  version: 4;
  position: Position;
  settings: Settings;
  /** Describes the values in `slots.bin`, in its order. */
  slots: Omit<Slot, 'values'>[];
  /** SHA-256 of `slots.bin`; earlier versions of Bobbin wrote none. */
  slotsHash?: string;
}

const folderOf = (run: string): string => path.join(run, 'checkpoint');
const namePattern = /^epoch-\d{6}-batch-\d{8}$/;

/** Writes a checkpoint to `run/checkpoint`, then removes the earlier ones. */
export async function saveCheckpoint(run: string, checkpoint: Checkpoint): Promise<void> {
  const { classifier, slots, position, settings } = checkpoint;
  const name = `epoch-${digits(position.epoch, 6)}-batch-${digits(position.batch, 8)}`;
  if ((await checkpointNames(run)).includes(name)) {
    return;
  }
  const bytes = slots.map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  const slotBytes = Buffer.concat(bytes);
  const state: State = {
    version: 4,
    position,
    settings,
    slots: slots.map(({ values: _, ...slot }) => slot),
    slotsHash: sha256(slotBytes),
  };
  await replaceFile(path.join(folderOf(run), name), async (unfinished) => {
    await saveClassifier(classifier, unfinished);
    await writePart(path.join(unfinished, 'slots.bin'), slotBytes);
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
  const { position, settings, slots, slotsHash } = await readState(folder, remedy);
  const file = path.join(folder, 'slots.bin');
  const bytes = await readPart(file, remedy);
  if (slotsHash !== undefined && slotsHash !== sha256(bytes)) {
    throw expected('the content that Bobbin wrote', file, 'other content', remedy);
  }
  const sizes = slots.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const length = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (length !== bytes.length) {
    throw expected(`${length} bytes`, file, bytes.length, remedy);
  }
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  const filled = slots.map((slot, index) => {
    const start = at;
    at += sizes[index] as number;
    return { ...slot, values: values.subarray(start, at) };
  });
  return { classifier: await readClassifier(folder, remedy), slots: filled, position, settings };
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

async function readState(folder: string, remedy: string): Promise<State> {
  const file = path.join(folder, 'state.json');
  const state = openSealed(await readPart(file, remedy), file, remedy);
  if (state.version !== 4) {
    throw expected('4', `version in ${file}`, state.version, 'Train into another folder');
  }
  const { position, settings, slots } = state;
  const isWhole =
    isPosition(position) && isObject(settings) && Array.isArray(slots) && slots.every(isSlot);
  if (!isWhole) {
    throw expected('a position, settings and slots', file, state, remedy);
  }
  return state as unknown as State;
}

const isPosition = (value: unknown): boolean =>
  isObject(value) &&
  isCount(value.epoch) &&
  isCount(value.batch) &&
  Array.isArray(value.history) &&
  value.history.every(isObject) &&
  isObject(value.totals) &&
  isObject(value.totals.work);

const isSlot = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.kind === 'string' &&
  typeof value.name === 'string' &&
  Array.isArray(value.shape) &&
  value.shape.every(isCount);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

async function readPart(file: string, remedy: string): Promise<Buffer> {
  return readRegular(file).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? missing(path.basename(file), `the checkpoint in ${path.dirname(file)}`, remedy)
      : cause;
  });
}

/** Oldest first. */
async function checkpointNames(run: string): Promise<string[]> {
  const names = (await ifPresent(readdir(folderOf(run)))) ?? [];
  return names.filter((name) => namePattern.test(name)).sort();
}
