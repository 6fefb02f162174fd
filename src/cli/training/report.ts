/** Shows a training run: a line of each epoch, the pictures in its folder, and what its end says. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { shellWord } from '../../dataset/index.js';
import { muchWaiting } from '../../pipeline/index.js';
import { count } from '../../plural.js';
import { clock, drawRun, type FinishedRun } from '../../report/index.js';
import type { EpochRecord, TrainResult } from '../../training/index.js';
import { wrap } from '../../width.js';
import { warnUnreadable } from '../unreadable.js';

/** Shows the epochs of runs as tables, and once the pipeline's times and advice. */
export interface EpochReport {
  /** Prints an epoch of the run `title` as a row; a header precedes the first one. */
  add(title: string, record: EpochRecord, epochs: number): void;
  /** Prints the times of the last epoch, and its advice if it was long enough to tell; of several runs, that which waits longest. */
  end(): void;
}

/** An epoch must last so long that the share of waiting is no chance; and the first one of a command traces its steps. */
const leastSeconds = 10;

/** The columns that the lines of a report take at most. */
const lineColumns = 80;

export function createEpochReport(print: (line: string) => void): EpochReport {
  const last = new Map<string, EpochRecord>();
  let advised = false;
  const waits = ({ waitShare, seconds }: EpochRecord) =>
    last.size > 0 && seconds >= leastSeconds && waitShare >= muchWaiting;
  return {
    add(title, record, epochs) {
      const earlier = last.get(title);
      if (earlier === undefined) {
        print(`${title}\n${epochHeader}`);
      }
      print(describeEpoch(record, epochs));
      if (!advised && loads(record) && waits(record)) {
        advised = true;
        print(wrap(`  ${record.advice}`, lineColumns));
      }
      last.set(title, record);
    },
    end() {
      const [slowest] = [...last.values()].filter(loads).sort((a, b) => b.waitShare - a.waitShare);
      if (slowest !== undefined) {
        print(wrap(describePipeline(slowest), lineColumns));
      }
    },
  };
}

/** The columns of an epoch's row: name, width, and the number as it is shown. */
const epochColumns: [string, number, (record: EpochRecord) => string][] = [
  ['loss', 7, ({ loss }) => showLoss(loss)],
  ['acc.', 6, ({ accuracy }) => accuracy.toFixed(3)],
  ['val. loss', 9, ({ validationLoss }) => showLoss(validationLoss)],
  ['val. acc.', 9, ({ validationAccuracy }) => validationAccuracy?.toFixed(3) ?? '–'],
  ['images/s', 8, ({ imagesPerSecond }) => imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)],
  ['wait', 5, ({ waitShare }) => `${(100 * waitShare).toFixed(0)} %`],
  ['time', 8, ({ seconds }) => clock(seconds)],
];

const epochRow = (epoch: string, cells: string[]) =>
  [epoch.padEnd(9), ...cells.map((cell, i) => cell.padStart(epochColumns[i]?.[1] ?? 0))].join('  ');

const epochHeader = epochRow(
  '  epoch',
  epochColumns.map(([name]) => name),
);

/** One epoch as a row below the header. */
const describeEpoch = (record: EpochRecord, epochs: number) =>
  epochRow(
    `  ${record.epoch}/${epochs}`,
    epochColumns.map(([, , show]) => show(record)),
  );

/** A loss in at most seven characters. */
function showLoss(loss?: number): string {
  if (loss === undefined) {
    return '–';
  }
  return loss < 1000 ? loss.toFixed(3) : loss.toExponential(1);
}

/** Whether images were loaded in the epoch: features that are computed once need none. */
const loads = ({ readMs, decodeMs, renderMs, otherFormatsMs, deviceMs }: EpochRecord) =>
  readMs + decodeMs + renderMs + otherFormatsMs + deviceMs > 0;

function describePipeline(record: EpochRecord): string {
  const { readMs, decodeMs, renderMs, otherFormatsMs, deviceMs, advice } = record;
  const parts = [
    `read ${readMs.toFixed(2)} ms`,
    `decode ${decodeMs.toFixed(2)} ms`,
    `render ${renderMs.toFixed(2)} ms an image`,
  ];
  if (otherFormatsMs > 0) {
    parts.push(`${otherFormatsMs.toFixed(0)} ms for one that is not a JPEG`);
  }
  if (deviceMs > 0) {
    parts.push(describeDevice(record));
  }
  const times = `Pipeline: ${parts.join(', ')}.`;
  return record.seconds < leastSeconds ? times : `${times}\n${advice}`;
}

function describeDevice(record: EpochRecord): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const { deviceMs, deviceDecodedShare, deviceRenderedShare } = record;
  const shares = `decoded ${percent(deviceDecodedShare)}, rendered ${percent(deviceRenderedShare)}`;
  return `GPU ${deviceMs.toFixed(2)} ms an image: ${shares}`;
}

/** Lists the unreadable images of a finished run, and draws its pictures unless an earlier call did. */
export async function reportRun(finished: FinishedRun & { result: TrainResult }): Promise<void> {
  const { run, result } = finished;
  warnUnreadable(result.failures, 'replaced in training or left out of validation');
  if (!(result.wasFinished && hasPictures(run))) {
    await drawRun(finished);
  }
}

const pictures = ['curves.png', 'augmentation.jpg'];

export const hasPictures = (run: string): boolean =>
  pictures.every((name) => existsSync(path.join(run, name)));

/** The accuracy of the last and of the best epoch, the commands that use their weights, and where the pictures are. */
export function describeEnd(task: string, run: string, result: TrainResult): string {
  const { history, best, endedEarly, wasFinished } = result;
  const last = history.at(-1) as EpochRecord;
  const longer = endedEarly ? '' : '; --epochs N trains longer';
  const other = best?.epoch === last.epoch ? undefined : best;
  const rank = other ? `, best ${scoreOf(other)}` : best && ', the best';
  const predict = `npx bobbin predict --run ${shellWord(run)}`;
  return [
    ...(wasFinished ? [`${task}: nothing was left to do${longer}`] : []),
    ...(endedEarly
      ? [
          `${task}: ended early, ${count(last.epoch - (best?.epoch ?? 0), 'epoch')} after the best one`,
        ]
      : []),
    last.validationAccuracy === undefined
      ? `${task}: ${count(last.epoch, 'epoch')} trained, none validated`
      : `${task}: validation accuracy ${scoreOf(last)}${rank ?? ''}`,
    `  \`${predict} PHOTO\``,
    ...(other ? [`  \`${predict} --epoch best PHOTO\``] : []),
    `  Pictures in ${run}: ${pictures.join(', ')}`,
  ].join('\n');
}

/** The command that scores what `train` with these flags has trained; with folds, in several folders. */
export function evaluateHint(flags: {
  data: string;
  images?: string;
  task?: string;
  run: string | readonly string[];
}): string {
  const words = (['data', 'images', 'task', 'run'] as const).flatMap((name) =>
    [flags[name] ?? []].flat().map((value) => `--${name} ${shellWord(value)}`),
  );
  return `Scores and mistakes: \`npx bobbin evaluate ${words.join(' ')}\``;
}

const scoreOf = ({ epoch, validationAccuracy = 0 }: EpochRecord): string =>
  `${(100 * validationAccuracy).toFixed(1)} % after epoch ${epoch}`;
