/** Rows of the contenders that trained on folds: accuracy out of fold, and whether it differs from Bobbin's. */
import { median } from '../results.js';
import type { FoldOutcome } from './job.js';
import { mcnemar, wilsonInterval } from './statistics.js';

/** What a contender has finished of one fold. */
export interface FoldResult {
  fold: number;
  outcome: FoldOutcome;
  /** Whether the answer is right, by image. */
  rights: ReadonlyMap<string, boolean>;
}

/** All folds that a contender has finished. */
export interface FoldTrial {
  contender: string;
  remarks: string;
  results: FoldResult[];
}

/** McNemar's exact test on the folds that both have finished. */
export interface Difference {
  /** Images that Bobbin answers rightly and the peer wrongly. */
  b: number;
  /** Images that the peer answers rightly and Bobbin wrongly. */
  c: number;
  p: number;
}

/** One row of the table and of `--json`. */
export interface FoldRow {
  contender: string;
  folds: number[];
  /** Of all these folds. */
  images: number;
  /** Share of the images whose top class is right. */
  accuracy: number;
  /** Wilson's, 95%. */
  interval: [low: number, high: number];
  /** The median. */
  secondsPerFold: number;
  /** The median. */
  epochsPerFold: number;
  /** Null for Bobbin, and where no fold is common. */
  difference: Difference | null;
  version: string;
  remarks: string;
}

export function foldRow(trial: FoldTrial, bobbin: FoldTrial | undefined): FoldRow {
  const { contender, remarks, results } = trial;
  const answers = results.flatMap(({ rights }) => [...rights.values()]);
  const right = answers.filter(Boolean).length;
  return {
    contender,
    folds: results.map(({ fold }) => fold),
    images: answers.length,
    accuracy: right / answers.length,
    interval: wilsonInterval(right, answers.length),
    secondsPerFold: median(results.map(({ outcome }) => outcome.seconds)),
    epochsPerFold: median(results.map(({ outcome }) => outcome.epochs.length)),
    difference: bobbin === undefined || bobbin === trial ? null : differenceOf(trial, bobbin),
    version: results[0]?.outcome.version ?? '',
    remarks,
  };
}

/** @throws when the two answered different images of a fold */
function differenceOf(peer: FoldTrial, bobbin: FoldTrial): Difference | null {
  let [b, c, common] = [0, 0, 0];
  for (const { fold, rights } of peer.results) {
    const own = bobbin.results.find((result) => result.fold === fold)?.rights;
    if (own === undefined) {
      continue;
    }
    common++;
    for (const [image, right] of rights) {
      const ownRight = own.get(image);
      if (ownRight === undefined || own.size !== rights.size) {
        throw new Error(`${peer.contender} and Bobbin answered other images of fold ${fold}`);
      }
      b += Number(ownRight && !right);
      c += Number(right && !ownRight);
    }
  }
  return common === 0 ? null : { b, c, p: mcnemar(b, c) };
}

/** How many epochs fit into `seconds`, judging by a run of one, whose last epoch is as those that would follow; at least one. */
export function epochsIn(seconds: number, one: FoldOutcome): number {
  const epoch = one.epochs.at(-1) as number;
  return Math.max(1, 1 + Math.floor((seconds - one.seconds) / epoch));
}

export const foldHeader = [
  'contender',
  'folds',
  'images',
  'accuracy',
  '95%',
  's/fold',
  'epochs',
  'b',
  'c',
  'p',
  'version',
  'remarks',
];

/** The cells of a row under {@link foldHeader}. */
export const foldCells = (row: FoldRow): string[] => [
  row.contender,
  row.folds.join(','),
  `${row.images}`,
  row.accuracy.toFixed(4),
  row.interval.map((end) => end.toFixed(4)).join('–'),
  row.secondsPerFold.toFixed(0),
  `${row.epochsPerFold}`,
  `${row.difference?.b ?? '–'}`,
  `${row.difference?.c ?? '–'}`,
  row.difference?.p.toPrecision(3) ?? '–',
  row.version,
  row.remarks,
];
