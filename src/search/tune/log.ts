/** The lines of a search's log, from which a killed search goes on and its table is made. */
import { isObject } from '../../disk/index.js';
import type { LogKind } from '../log.js';
import type { Drawn } from './space.js';

/** Scores of a training on the images that it held back. */
export interface Scored {
  trial: number;
  /** Null where the training failed. */
  loss: number | null;
  accuracy: number | null;
  /** Of training and validating these epochs. */
  seconds: number;
  /** Why the training failed. */
  reason?: string;
}

/** When a line was written. */
interface Timed {
  /** Seconds that the search has taken until then, in all calls. Earlier versions did not write them. */
  used?: number;
}

/** The training of a trial for the epochs of a rung begins. Earlier versions, which did one after another, did not write it. */
export interface BegunLine extends Timed {
  event: 'begun';
  trial: number;
  rung: number;
}

/** A trial was trained for the epochs of a rung. */
export interface TrialLine extends Scored, Timed {
  event: 'trial';
  rung: number;
  epochs: number;
  drawn: Drawn;
}

/** A trial was trained again, with another seed and other images held back. */
export interface CheckLine extends Scored, Timed {
  event: 'check';
}

export type LogLine = BegunLine | TrialLine | CheckLine;

type Line = Readonly<Record<string, unknown>>;

export const searchLog: LogKind<LogLine> = {
  what: 'a line of a search',
  events: ['begun', 'trial', 'check'],
  isWhole: (line) => (line.event === 'begun' ? isBegun(line) : isScored(line)),
};

const isBegun = (line: Line) => ['trial', 'rung'].every((name) => Number.isFinite(line[name]));

const isScored = (line: Line) =>
  ['trial', 'seconds'].every((name) => Number.isFinite(line[name])) &&
  ['loss', 'accuracy'].every((name) => line[name] === null || Number.isFinite(line[name])) &&
  (line.event === 'check' || (isObject(line.drawn) && Number.isFinite(line.epochs)));
