/** What the log of a search says: what is next, what was best, and how long trials take. */
import { bestJob, type Job, nextJob, type RungResult } from './asha.js';
import type { BegunLine, CheckLine, LogLine, TrialLine } from './log.js';
import { rungResults, trialLines } from './table.js';

/** Starting a run and tracing its steps take time besides that of the epochs. */
const overhead = 1.15;

export class SearchState {
  constructor(
    private readonly lines: readonly LogLine[],
    private readonly rungs: number,
    private readonly how: {
      /** How many trials there shall be at most. */
      most: number;
      /** Whether each training has a process of its own, whose start takes time, too. */
      inProcesses: boolean;
    },
  ) {}

  get hasResult(): boolean {
    return this.lines.some((line) => line.event === 'trial');
  }

  get bestJob(): Job | undefined {
    return bestJob(this.results);
  }

  /** At least the first trial has a loss. */
  get best(): number {
    return this.bestJob?.trial ?? 0;
  }

  /** Jobs that have begun and have no result. */
  get begun(): Job[] {
    const done = trialLines(this.lines);
    return this.lines
      .filter((line): line is BegunLine => line.event === 'begun')
      .filter(({ trial, rung }) => !done.some((line) => line.trial === trial && line.rung === rung))
      .map(({ trial, rung }) => ({ trial, rung }));
  }

  /**
   * One that has begun and nobody does, else what the results of now decide; undefined where there is none.
   *
   * @param isDone whether somebody does the job
   */
  next(isDone: (job: Job) => boolean): Job | undefined {
    const { results, begun } = this;
    const left = begun.find((job) => !isDone(job));
    if (left !== undefined) {
      return left;
    }
    const born = (results[0]?.length ?? 0) + begun.filter(({ rung }) => rung === 0).length;
    return nextJob(results, born < this.how.most ? born : undefined, begun);
  }

  checkOf(trial: number): CheckLine | undefined {
    return this.lines.find(
      (line): line is CheckLine => line.event === 'check' && line.trial === trial,
    );
  }

  /** Seconds of all calls until the last line. Lines of earlier versions say only what each training took. */
  get used(): number {
    const told = this.lines.flatMap(({ used = [] }) => used);
    return (
      told.at(-1) ??
      this.lines.reduce((sum, line) => sum + (line.event === 'begun' ? 0 : line.seconds), 0)
    );
  }

  /** Expected seconds of an epoch of a trial: as its own so far, else as the mean of all. */
  pace(trial: number): number {
    const lines = trialLines(this.lines).filter(({ seconds }) => seconds > 0);
    const own = lines.filter((line) => line.trial === trial);
    const counted = own.length > 0 ? own : lines;
    const epochs = counted.reduce((sum, line) => sum + line.epochs, 0);
    const seconds = counted.reduce((sum, line) => sum + this.secondsOf(line), 0);
    return epochs === 0 ? 0 : (overhead * seconds) / epochs;
  }

  /** Of a training; in a process of its own from its beginning to its result, in all calls. */
  private secondsOf({ trial, rung, seconds, used }: TrialLine): number {
    const begun = this.lines.find(
      (line) => line.event === 'begun' && line.trial === trial && line.rung === rung,
    )?.used;
    const isTimed = this.how.inProcesses && begun !== undefined && used !== undefined;
    return isTimed ? Math.max(seconds, used - begun) : seconds;
  }

  private get results(): RungResult[][] {
    return rungResults(this.lines, this.rungs);
  }
}
