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

/** A trial was trained for the epochs of a rung. */
export interface TrialLine extends Scored {
  event: 'trial';
  rung: number;
  epochs: number;
  drawn: Drawn;
}

/** A trial was trained again, with another seed and other images held back. */
export interface CheckLine extends Scored {
  event: 'check';
}

export type LogLine = TrialLine | CheckLine;

export const searchLog: LogKind<LogLine> = {
  what: 'a line of a search',
  events: ['trial', 'check'],
  isWhole: (line) =>
    ['trial', 'seconds'].every((name) => Number.isFinite(line[name])) &&
    ['loss', 'accuracy'].every((name) => line[name] === null || Number.isFinite(line[name])) &&
    (line.event === 'check' || (isObject(line.drawn) && Number.isFinite(line.epochs))),
};
