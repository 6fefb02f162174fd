/** history.csv: one line for each epoch; the file is always complete. */

import path from 'node:path';
import { csvLine } from '../csv-line.js';
import { fileStamp, readCsv } from '../dataset/index.js';
import { writeWhole } from '../disk/index.js';
import { expected } from '../errors.js';
import type { OptionTable, OptionValues } from '../options.js';

/** The pipeline's work in an epoch's training. Times are those of one thread, in milliseconds an image. */
export interface PipelineReport {
  readMs: number;
  decodeMs: number;
  renderMs: number;
  /** Of an image that is not a JPEG, until its pixels are decoded; 0 without such images. */
  otherFormatsMs: number;
  /** Of the GPU; 0 without one. */
  deviceMs: number;
  /** Shares of the images that the GPU decoded, and that it rendered, 0…1. */
  deviceDecodedShare: number;
  deviceRenderedShare: number;
  /** One sentence: what would make the epoch faster. */
  advice: string;
}

/** The scores of one task in an epoch. */
export interface TaskRecord {
  /** As {@link EpochRecord.loss}, of this task's labels. */
  loss: number;
  /**
   * Share of the images whose top class is right; of a task of any number of labels, the share of right answers over images and
   * classes, where a class is in the answer if its probability is above 0.5.
   */
  accuracy: number;
  /** Absent without validation images of the task. */
  validationLoss?: number | undefined;
  validationAccuracy?: number | undefined;
}

/**
 * One finished epoch. Accuracy is the share of images whose top class is right. For a mix of two training
 * images the right class is that of the larger share. Of several tasks, losses and accuracies are the means over the tasks.
 */
export interface EpochRecord extends PipelineReport {
  /** From 1. */
  epoch: number;
  /** Of the epoch's last step. */
  learningRate: number;
  /** Mean of the loss over the augmented training images, with label smoothing and class weights, without weight decay. */
  loss: number;
  accuracy: number;
  /** Mean cross-entropy over the validation images' centre crops; absent without such images. */
  validationLoss?: number;
  validationAccuracy?: number;
  /** By the names of the tasks; absent where each image has one label of one task. */
  tasks?: Record<string, TaskRecord>;
  /** Duration of training and validation. */
  seconds: number;
  /** While training. */
  imagesPerSecond: number;
  /** Share of the training time spent waiting for the next batch, 0…1. */
  waitShare: number;
  /** What callbacks have logged, by name; absent if they have logged nothing. */
  logged?: Record<string, number>;
}

/** How epochs are compared: by the highest accuracy or the lowest loss, both of validation. */
export const bestOptions = {
  bestBy: {
    type: 'choice',
    choices: ['accuracy', 'loss'],
    default: 'accuracy',
    help: 'what makes an epoch the best: the highest validation accuracy or the lowest validation loss',
  },
  patience: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 10000,
    help: 'epochs without a new best one after which the run ends early; 0: it never does',
  },
  keep: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 1000,
    help: 'best epochs whose weights are kept',
  },
} as const satisfies OptionTable;

type BestValues = OptionValues<typeof bestOptions>;

/**
 * The best epoch: of several with the same accuracy, that of the lowest loss, and the other way round; of several with both the
 * same, the first. Undefined without validation images.
 */
export function bestEpoch<Epoch extends Validated>(
  history: readonly Epoch[],
  by: BestValues['bestBy'] = 'accuracy',
): Epoch | undefined {
  let best: Epoch | undefined;
  for (const record of history) {
    const isValidated = record.validationAccuracy !== undefined;
    if (isValidated && (best === undefined || isBetter(record, best, by))) {
      best = record;
    }
  }
  return best;
}

/** The `keep` best epochs, the best first. */
export function bestEpochs<Epoch extends Validated>(
  history: readonly Epoch[],
  { bestBy, keep }: Pick<BestValues, 'bestBy' | 'keep'>,
): Epoch[] {
  const order = (one: Epoch, other: Epoch) =>
    Number(isBetter(other, one, bestBy)) - Number(isBetter(one, other, bestBy));
  const validated = history.filter(({ validationAccuracy }) => validationAccuracy !== undefined);
  return validated.sort(order).slice(0, keep);
}

/** Whether as many epochs as the patience have passed since the best one. */
export function endsEarly(
  history: readonly EpochRecord[],
  { bestBy, patience }: BestValues,
): boolean {
  const best = bestEpoch(history, bestBy);
  return patience > 0 && best !== undefined && history.length - best.epoch >= patience;
}

type Validated = Pick<EpochRecord, 'validationAccuracy' | 'validationLoss'>;

function isBetter(one: Validated, other: Validated, by: BestValues['bestBy']): boolean {
  const more = (one.validationAccuracy as number) - (other.validationAccuracy as number);
  const less = (other.validationLoss as number) - (one.validationLoss as number);
  const [first, second] = by === 'accuracy' ? [more, less] : [less, more];
  return first > 0 || (first === 0 && second > 0);
}

/** A column of numbers: its name, the record's key, and how the number is written. */
type Column<Key> = [name: string, key: Key, show: (value: number) => string];

type NumberKey = Exclude<keyof EpochRecord, 'tasks' | 'logged' | 'advice'>;

const digits = (count: number) => (value: number) => value.toFixed(count);

const columns: Column<NumberKey>[] = [
  ['epoch', 'epoch', String],
  ['learning_rate', 'learningRate', (value) => value.toPrecision(6)],
  ['loss', 'loss', digits(6)],
  ['accuracy', 'accuracy', digits(6)],
  ['validation_loss', 'validationLoss', digits(6)],
  ['validation_accuracy', 'validationAccuracy', digits(6)],
  ['seconds', 'seconds', digits(2)],
  ['images_per_second', 'imagesPerSecond', digits(2)],
  ['data_wait_share', 'waitShare', digits(4)],
  ['read_ms', 'readMs', digits(4)],
  ['decode_ms', 'decodeMs', digits(4)],
  ['render_ms', 'renderMs', digits(4)],
  ['other_formats_ms', 'otherFormatsMs', digits(4)],
  ['device_ms', 'deviceMs', digits(4)],
  ['device_decoded_share', 'deviceDecodedShare', digits(4)],
  ['device_rendered_share', 'deviceRenderedShare', digits(4)],
];

const adviceColumn = 'advice';

/** Of each task; their names begin with the task's and a slash. */
const taskColumns: Column<keyof TaskRecord>[] = [
  ['loss', 'loss', digits(6)],
  ['accuracy', 'accuracy', digits(6)],
  ['validation_loss', 'validationLoss', digits(6)],
  ['validation_accuracy', 'validationAccuracy', digits(6)],
];

/** The cells of a record's columns; empty where it lacks the number. */
const cellsOf = <Key extends string>(
  list: readonly Column<Key>[],
  record: Partial<Record<Key, number | undefined>> | undefined,
): string[] =>
  list.map(([, key, show]) => {
    const value = record?.[key];
    return value === undefined ? '' : show(value);
  });

/** Replaces `run/history.csv` by `history`, whole or not at all. */
export async function writeHistory(run: string, history: readonly EpochRecord[]): Promise<void> {
  const tasks = Object.keys(history[0]?.tasks ?? {});
  const header = [
    ...columns.map(([name]) => name),
    adviceColumn,
    ...tasks.flatMap((task) => taskColumns.map(([name]) => `${task}/${name}`)),
  ];
  const rows = history.map((record) => [
    ...cellsOf(columns, record),
    record.advice,
    ...tasks.flatMap((task) => cellsOf(taskColumns, record.tasks?.[task])),
  ]);
  const text = [header, ...rows].map((row) => `${csvLine(row)}\n`).join('');
  await writeWhole(historyFile(run), text);
}

const historyFile = (run: string): string => path.join(run, 'history.csv');

/**
 * The epochs in `run/history.csv`, without what callbacks have logged; none without the file. Numbers have the digits of the
 * file.
 *
 * @throws InvalidInputError with file and line for a line that has not a number for each epoch
 */
export async function readHistory(run: string): Promise<EpochRecord[]> {
  const file = historyFile(run);
  const records: EpochRecord[] = [];
  if ((await fileStamp(file)) === undefined) {
    return records;
  }
  let header: string[] | undefined;
  for await (const { fields, at } of readCsv(file)) {
    if (header === undefined) {
      header = fields;
      continue;
    }
    const record = recordOf(new Map(header.map((name, index) => [name, fields[index] ?? ''])));
    if (!Number.isSafeInteger(record.epoch)) {
      throw expected('the number of an epoch', at(0), fields[0], 'train writes this file');
    }
    records.push(record);
  }
  return records;
}

/** The record that a row of cells, by the names of their columns, was written from. */
function recordOf(cells: ReadonlyMap<string, string>): EpochRecord {
  const numbers = <Key extends string>(list: readonly Column<Key>[], prefix = '') =>
    Object.fromEntries(
      list.flatMap(([name, key]) => {
        const cell = cells.get(`${prefix}${name}`) ?? '';
        return cell === '' ? [] : [[key, Number(cell)]];
      }),
    );
  const suffix = `/${taskColumns[0]?.[0]}`;
  const tasks = [...cells.keys()]
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .map((task) => [task, numbers(taskColumns, `${task}/`)]);
  return {
    ...numbers(columns),
    advice: cells.get(adviceColumn) ?? '',
    ...(tasks.length > 0 && { tasks: Object.fromEntries(tasks) }),
  } as unknown as EpochRecord;
}
