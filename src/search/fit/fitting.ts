/** What the steps of a fit share: the request, the photos, the log and the time. */
import path from 'node:path';
import type { Manifest, Samples, Task } from '../../dataset/index.js';
import type { Log } from '../log.js';
import type { Clock } from './clock.js';
import type { FitLine } from './lines.js';
import type { Networks } from './networks.js';
import type { FitPhotosProgress, FitPhotosRequest } from './options.js';

/** The photos, read. */
export interface Photos {
  task: Task;
  /** As in `Parts`. */
  choosing: Manifest;
  reported: Samples | undefined;
}

/** A line without its time. */
type NewLine<Line> = Line extends { event: 'time' } ? never : Omit<Line, 'at'>;

/** The longest stretch, as a share of the budget, that a kill can hide from the clock, and the shortest in seconds. */
const unseen = { share: 1 / 200, seconds: 1 };

export class Fitting {
  readonly seed: number;

  constructor(
    readonly request: FitPhotosRequest & { seed: number },
    /** The cheapest first. */
    readonly networks: Networks,
    readonly log: Log<FitLine>,
    readonly clock: Clock,
  ) {
    this.seed = request.seed;
  }

  /** A path in the folder of the fit. */
  at(...parts: string[]): string {
    return path.join(this.request.out, ...parts);
  }

  /** How many times the work of `other` a pass forward of `network` takes; 1 where it cannot be told. */
  workRatio(network: string, other: string): number {
    const [own, others] = [this.networks.get(network), this.networks.get(other)];
    return own === undefined || others === undefined ? 1 : own / others;
  }

  linesOf<Event extends FitLine['event']>(event: Event): Extract<FitLine, { event: Event }>[] {
    return this.log.lines.filter(
      (line): line is Extract<FitLine, { event: Event }> => line.event === event,
    );
  }

  /** Keeps what a step decided, and tells it. */
  async add(line: NewLine<FitLine>): Promise<void> {
    await this.log.add({ ...line, at: this.clock.used } as FitLine);
    this.request.onStep?.(line.says);
  }

  /** Keeps and tells what a step decided, of which nothing else follows. */
  async note(says: string): Promise<void> {
    await this.add({ event: 'note', says });
  }

  /** Tells how far a step is, and now and then the log the time. */
  progress(state: Omit<FitPhotosProgress, 'secondsLeft'>): void {
    this.request.onProgress?.({ ...state, secondsLeft: Math.max(0, this.clock.left) });
  }

  /** Keeps the time in the log from now on, until the function that is returned is called. */
  watchTime(): () => Promise<void> {
    const seconds = Math.max(unseen.seconds, unseen.share * this.clock.budget);
    let failure: Error | undefined;
    const tell = () =>
      this.log.add({ event: 'time', at: this.clock.used }).catch((error: Error) => {
        failure = error;
      });
    const timer = setInterval(tell, 1000 * seconds);
    timer.unref();
    return async () => {
      clearInterval(timer);
      await tell();
      if (failure !== undefined) {
        throw failure;
      }
    };
  }
}

/** The seconds that the calls before have used. */
export const usedBefore = (lines: readonly FitLine[]): number => lines.at(-1)?.at ?? 0;
