/** The lines of a fit's log: what each step decided and found, in a sentence and in numbers. */
import type { GivenOptions } from '../../training/index.js';
import type { LogKind } from '../log.js';
import type { Probed } from './plan.js';
import type { Score } from './wilson.js';

interface Line {
  /** Seconds of the budget that were used before, in all calls. */
  at: number;
}

/** What a step decided and why, for readers. */
interface Said extends Line {
  says: string;
}

/** Only tells the time, so that a killed call counts. */
export interface TimeLine extends Line {
  event: 'time';
}

export interface NoteLine extends Said {
  event: 'note';
}

/** The photos are read, and the parts of them are in files. */
export interface ReadLine extends Said {
  event: 'read';
  task: string;
}

/** A linear probe of a network is a model; the first one is the first answer. */
export interface HeadLine extends Said {
  event: 'head';
  /** Its folder's name in `runs`. */
  run: string;
  network: string;
  /** Images of both parts whose features were used. */
  images: number;
  score: Score;
  /** While features were computed; undefined if all were known. */
  imagesPerSecond?: number | undefined;
}

/** A network was probed and timed. */
export interface ProbeLine extends Said, Probed {
  event: 'probe';
  /** Own side of its images in pixels. */
  size: number;
  /** Of training all weights. */
  imagesPerSecond: number;
}

/** A search of options has ended. */
export interface TuneLine extends Said {
  event: 'tune';
  options: GivenOptions;
}

/** A network is to be fine-tuned; of several lines of a run the last one counts. */
export interface PlanLine extends Said {
  event: 'plan';
  /** Its folder's name in `runs`. */
  run: string;
  network: string;
  options: GivenOptions;
  epochs: number;
  /** Side of the images in pixels. */
  size: number;
  /** Whether the run begins; otherwise its number of epochs changes. */
  isNew: boolean;
}

/** A fine-tuning has ended. */
export interface RunLine extends Said, Pick<PlanLine, 'run' | 'network' | 'size'> {
  event: 'run';
  /** Seconds of an epoch of all weights, as measured last, at its size; undefined if none ended. */
  pace?: number | undefined;
  /** Of the images that choose, by the best epoch; undefined if no epoch ended. */
  accuracy?: number | undefined;
}

/** The answer stands, until a call with a larger budget. */
export interface DoneLine extends Said {
  event: 'done';
  budget: number;
}

export type FitLine =
  | TimeLine
  | NoteLine
  | ReadLine
  | HeadLine
  | ProbeLine
  | TuneLine
  | PlanLine
  | RunLine
  | DoneLine;

export const fitLog: LogKind<FitLine> = {
  what: 'a line of a fit',
  events: ['time', 'note', 'read', 'head', 'probe', 'tune', 'plan', 'run', 'done'],
};
