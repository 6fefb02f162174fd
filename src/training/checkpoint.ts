/** Checkpoints: the complete state of a run, in a folder that is renamed into place when it is complete. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.js';
import { ifPresent } from '../if-present.js';
import { type Classifier, loadClassifier, saveClassifier } from '../model/index.js';
import type { PipelineWork } from '../pipeline/index.js';
import type { Settings } from '../settings.js';
import type { EpochRecord } from './history.js';
import type { Slot } from './optimizer/index.js';

/** Sums over one epoch so far. */
export interface EpochTotals {
  images: number;
  /** Sum over images. */
  loss: number;
  correct: number;
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
  const unfinished = path.join(folderOf(run), 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await saveClassifier(classifier, unfinished);
  const bytes = slots.map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  await writeFile(path.join(unfinished, 'slots.bin'), Buffer.concat(bytes));
  const state: State = {
    version: 4,
    position,
    settings,
    slots: slots.map(({ values: _, ...slot }) => slot),
  };
  await writeFile(path.join(unfinished, 'state.json'), JSON.stringify(state));
  await rename(unfinished, path.join(folderOf(run), name));
  for (const earlier of await checkpointNames(run)) {
    if (earlier !== name) {
      await rm(path.join(folderOf(run), earlier), { recursive: true });
    }
  }
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/**
 * The newest checkpoint of `run`, or undefined.
 *
 * @throws InvalidInputError when another version wrote it or a file is damaged
 */
export async function loadCheckpoint(run: string): Promise<Checkpoint | undefined> {
  const newest = (await checkpointNames(run)).at(-1);
  if (newest === undefined) {
    return undefined;
  }
  const folder = path.join(folderOf(run), newest);
  const file = path.join(folder, 'state.json');
  const { version, position, settings, slots } = JSON.parse(await readFile(file, 'utf8')) as State;
  if (version !== 4) {
    throw expected('4', `version in ${file}`, version, 'Train into another folder');
  }
  const bytes = await readFile(path.join(folder, 'slots.bin'));
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  const filled = slots.map((slot) => {
    const start = at;
    at += slot.shape.reduce((product, size) => product * size, 1);
    return { ...slot, values: values.subarray(start, at) };
  });
  if (at !== values.length) {
    throw expected(`${at * 4} bytes`, `slots.bin in ${folder}`, bytes.length);
  }
  return { classifier: await loadClassifier(folder), slots: filled, position, settings };
}

/** Oldest first. */
async function checkpointNames(run: string): Promise<string[]> {
  const names = (await ifPresent(readdir(folderOf(run)))) ?? [];
  return names.filter((name) => namePattern.test(name)).sort();
}
