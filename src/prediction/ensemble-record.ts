/** The record of an ensemble, `ensemble.json`: which runs answer a task, how much each counts, and how that was chosen. */
import path from 'node:path';
import { record as aRecord, checkArgument } from '../arguments.js';
import {
  checkResultFolder,
  ifPresent,
  isObject,
  parseJson,
  readRegular,
  writeWhole,
} from '../disk/index.js';
import { expected } from '../errors.js';
import { type Epoch, runOptions } from '../model/index.js';
import { type MeanName, meanNames } from './mean.js';

/** A run that answers. */
export interface EnsembleMember {
  /** Its folder; in the file, relative to the folder of the ensemble. */
  run: string;
  /** At least 0; those of a task are divided by their sum. */
  weight: number;
  /** Above 0; absent: 1. */
  temperature?: number | undefined;
}

/** The members that answer a task. */
export interface TaskEnsemble {
  task: string;
  members: EnsembleMember[];
  /** How the weights were chosen, for readers: no function uses it. */
  chosen?: unknown;
}

/** An ensemble as `ensemble.json` records it: the runs of each task and how much each counts. */
export interface EnsembleRecord {
  /** The weights of each run that are used. */
  epoch: Epoch;
  mean: MeanName;
  /** One entry for each task. */
  tasks: TaskEnsemble[];
}

const recordName = 'ensemble.json';

/** @throws InvalidInputError unless {@link saveEnsemble} may write to `folder` */
export const checkEnsembleFolder = (folder: string, name = 'folder'): Promise<void> =>
  checkResultFolder(folder, { record: recordName, what: 'an earlier ensemble', name });

/**
 * Writes `folder/ensemble.json`, whole or not at all. The runs stay where they are: move them together with the ensemble.
 *
 * @throws InvalidInputError when `folder` has anything but an earlier ensemble, and when the record is not one
 */
export async function saveEnsemble(record: EnsembleRecord, folder: string): Promise<void> {
  checkArgument('record', record, aRecord('the record of an ensemble'));
  await checkEnsembleFolder(folder);
  checkRecord(record, 'record');
  const saved = withRuns(record, (run) => path.relative(folder, run));
  await writeWhole(path.join(folder, recordName), `${JSON.stringify(saved, null, 2)}\n`);
}

/**
 * The record in a folder, with the absolute paths of its runs; undefined where there is none.
 *
 * @throws InvalidInputError when the file is none that {@link saveEnsemble} writes
 */
export async function ensembleIn(folder: string): Promise<EnsembleRecord | undefined> {
  const file = path.join(folder, recordName);
  const bytes = await ifPresent(readRegular(file));
  if (bytes === undefined) {
    return undefined;
  }
  const record = parseJson(bytes.toString(), file, remedy);
  checkRecord(record, file);
  return withRuns(record, (run) => path.resolve(folder, run));
}

/** The record with other paths of the runs. */
const withRuns = (record: EnsembleRecord, pathOf: (run: string) => string): EnsembleRecord => ({
  ...record,
  tasks: record.tasks.map((task) => ({
    ...task,
    members: task.members.map((member) => ({ ...member, run: pathOf(member.run) })),
  })),
});

const remedy = 'Choose the ensemble again: npx bobbin ensemble';

function checkRecord(value: unknown, name: string): asserts value is EnsembleRecord {
  const isWhole =
    isObject(value) &&
    (runOptions.epoch.choices as readonly unknown[]).includes(value.epoch) &&
    (meanNames as readonly unknown[]).includes(value.mean) &&
    Array.isArray(value.tasks) &&
    value.tasks.length > 0 &&
    value.tasks.every(isTask);
  if (!isWhole) {
    throw expected('an epoch, a mean, and for each task its members', name, value, remedy);
  }
}

const isTask = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.task === 'string' &&
  Array.isArray(value.members) &&
  value.members.every(isMember) &&
  value.members.some(({ weight }) => weight > 0);

const isMember = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.run === 'string' &&
  isNumber(value.weight) &&
  value.weight >= 0 &&
  (value.temperature === undefined || (isNumber(value.temperature) && value.temperature > 0));

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
