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

type FieldKind = 'string' | 'number' | 'object';

/** What is read of the lines of an event, beside the time and the sentence. */
const fields: Record<FitLine['event'], Partial<Record<FieldKind, readonly string[]>>> = {
  time: {},
  note: {},
  read: { string: ['task'] },
  head: { string: ['run', 'network'], number: ['images'] },
  probe: {
    string: ['network'],
    number: ['accuracy', 'images', 'size', 'imagesPerSecond'],
    object: ['cost'],
  },
  tune: { object: ['options'] },
  plan: { string: ['run', 'network'], number: ['epochs', 'size'], object: ['options'] },
  run: { string: ['run', 'network'], number: ['size'] },
  done: { number: ['budget'] },
};

export const fitLog: LogKind<FitLine> = {
  what: 'a line of a fit',
  events: Object.keys(fields) as FitLine['event'][],
  isWhole(line) {
    const event = line.event as FitLine['event'];
    const own = Object.entries(fields[event]).every(([kind, names]) =>
      names.every((name) => typeof line[name] === kind && line[name] !== null),
    );
    return (
      own && typeof line.at === 'number' && (event === 'time' || typeof line.says === 'string')
    );
  },
};
