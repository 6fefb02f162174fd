/** `state.json` of a checkpoint: all of it but the numbers of weights and slots. */
import path from 'node:path';
import { isObject, openSealed, readRegular } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
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
  /** Set by a callback, in the place of the schedule's. */
  learningRate?: number | undefined;
  /** What callbacks have logged in the current epoch, by name. */
  logged?: Record<string, number> | undefined;
  /** The number of workers that shared the batches, if there were several. */
  workers?: number | undefined;
}

/** As this version writes it. */
export interface State {
  version: 5;
  position: Position;
  settings: Settings;
  /** As `descriptionOf` gives it. */
  classifier: Record<string, unknown>;
  /** SHA-256 of `weights.safetensors`. */
  weightsHash: string;
  /** SHA-256 of `slots.safetensors`. */
  slotsHash: string;
}

/** As earlier versions wrote it: `model.json` and its weights file have the classifier. */
export interface EarlierState {
  version: 4;
  position: Position;
  settings: Settings;
  /** Describes the values in `slots.bin`, in its order. */
  slots: Omit<Slot, 'values'>[];
  /** SHA-256 of `slots.bin`; the first versions wrote none. */
  slotsHash?: string;
}

/**
 * The state of the checkpoint in `folder`.
 *
 * @param remedy how to replace a damaged one, as a sentence
 * @throws InvalidInputError when a version wrote it that this one does not know, or when it is damaged
 */
export async function readState(folder: string, remedy: string): Promise<State | EarlierState> {
  const file = path.join(folder, 'state.json');
  const state = openSealed(await readPart(file, remedy), file, remedy);
  const { version, position, settings } = state;
  if (version !== 4 && version !== 5) {
    throw expected('4 or 5', `version in ${file}`, version, 'Train into another folder');
  }
  const isWhole = version === 4 ? hasSlots(state) : hasClassifier(state);
  if (!isPosition(position) || !isObject(settings) || !isWhole) {
    const parts = version === 4 ? 'slots' : 'a classifier';
    throw expected(`a position, settings and ${parts}`, file, state, remedy);
  }
  return state as unknown as State | EarlierState;
}

/** The content of a file of a checkpoint. */
export async function readPart(file: string, remedy: string): Promise<Buffer> {
  return readRegular(file).catch(partMissing(file, remedy));
}

/** For errors of opening a file of a checkpoint: says which one is not there. */
export const partMissing = (file: string, remedy: string) => (cause: NodeJS.ErrnoException) => {
  throw cause.code === 'ENOENT'
    ? missing(path.basename(file), `the checkpoint in ${path.dirname(file)}`, remedy)
    : cause;
};

const hasClassifier = ({ classifier, weightsHash, slotsHash }: Record<string, unknown>): boolean =>
  isObject(classifier) && typeof weightsHash === 'string' && typeof slotsHash === 'string';

const hasSlots = ({ slots }: Record<string, unknown>): boolean =>
  Array.isArray(slots) && slots.every(isSlot);

const isPosition = (value: unknown): boolean =>
  isObject(value) &&
  isCount(value.epoch) &&
  isCount(value.batch) &&
  Array.isArray(value.history) &&
  value.history.every(isObject) &&
  isObject(value.totals) &&
  isObject(value.totals.work) &&
  (value.learningRate === undefined || Number.isFinite(value.learningRate)) &&
  (value.logged === undefined || isObject(value.logged));

const isSlot = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.kind === 'string' &&
  typeof value.name === 'string' &&
  Array.isArray(value.shape) &&
  value.shape.every(isCount);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
