/** What a process of jobs and the one that began it say to each other. */

/** What a worker is to do. */
export interface Order {
  /** A module that exports `runJob`, as a URL; see {@link JobModule}. */
  module: string;
  /** What `runJob` gets; anything that `structuredClone` copies. */
  request: unknown;
  name: string;
  /** Where the job is claimed. */
  folder: string;
}

/** To a worker. `answer` says that what it asked for is done. */
export type ToWorker =
  | { kind: 'begin'; order: Order }
  | { kind: 'answer'; id: number }
  | { kind: 'stop' };

/** From a worker. The last message is `finished`, `failed`, `stopped`, or `taken` where another one has the job. */
export type FromWorker =
  | { kind: 'begun' | 'alive' | 'finished' | 'stopped' | 'taken' }
  | { kind: 'tell'; message: unknown; isProgress: boolean }
  | { kind: 'ask'; message: unknown; id: number }
  | { kind: 'warning'; message: string; code: string }
  | { kind: 'failed'; message: string; name: string };

/** Seconds between two signs of life of a worker. */
export const beatSeconds = 5;

/** What `runJob` may do beside its work. */
export interface JobContext {
  /** Aborted when the job is to be saved and left. */
  signal: AbortSignal;
  /**
   * Gives a message to `onMessage` of the process that began the job.
   *
   * @param isProgress whether the job has got further for good: what a kill does not undo
   */
  tell(message: unknown, isProgress?: boolean): void;
  /**
   * The same; resolves when `onMessage` is done.
   *
   * @throws the signal's reason when the other process is gone
   */
  ask(message: unknown): Promise<void>;
}

/** The exports of a module that does jobs. */
export interface JobModule {
  /**
   * Does the job `name`, unless it is done already; a job that was left goes on where it was.
   *
   * @throws the signal's reason when it is aborted
   */
  runJob(request: unknown, name: string, context: JobContext): Promise<void>;
}
