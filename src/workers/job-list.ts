/** Where the jobs of a call come from: a list that is known from the beginning, or a source that decides as results come. */
import { isClaimed } from '../disk/index.js';

/** A piece of work that nobody has to wait for before another one begins. */
export interface Job {
  /** Differs from job to job. */
  name: string;
  /** Folder in which it is claimed, and whose `log.txt` gets what its processes print. */
  folder: string;
}

/** A job of a list. */
export interface ListedJob extends Job {
  isFinished(): boolean | Promise<boolean>;
}

/** Says which job is next. */
export interface JobSource {
  /**
   * A job that nobody does. `later` where another process has what is left; undefined where nothing is left, unless a job that this call
   * does now brings more.
   *
   * @param own names of the jobs that this call does or has finished
   */
  next(own: ReadonlySet<string>): Promise<Job | 'later' | undefined>;
}

/** Jobs in their order, which other calls and machines may do, too. */
export class JobList implements JobSource {
  private readonly found = new Set<ListedJob>();

  constructor(
    private readonly jobs: readonly ListedJob[],
    /** Called once for each job that was finished by another call, before this one or beside it. */
    private readonly onFound: (job: Job) => void,
  ) {}

  async next(own: ReadonlySet<string>): Promise<Job | 'later' | undefined> {
    let chosen: Job | undefined;
    let others = false;
    for (const job of this.jobs) {
      if (own.has(job.name) || this.found.has(job)) {
        continue;
      }
      if (await job.isFinished()) {
        this.found.add(job);
        this.onFound(job);
      } else if (chosen === undefined) {
        chosen = (await isClaimed(job.folder)) ? undefined : job;
        others = true;
      }
    }
    return chosen ?? (others ? 'later' : undefined);
  }
}
