/** Runs all workers of one setting, each in a process, on a core and in a network namespace of its own. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Program } from '../contenders.js';
import { answerOf } from '../measure.js';
import { inNamespaces, onLoopback, type Places } from './network.js';

export interface GroupRun<Job> {
  program: Program;
  count: number;
  /** Undefined for loopback, null for namespaces without a limit. */
  megabits: number | null | undefined;
  /** The folder of the jobs' files. */
  folder: string;
  /** The cores of a worker. */
  threads: number;
  seconds: number;
  jobOf(index: number, workers: string[]): Job;
}

/** An exit ends workers and namespaces, a signal alone would not. */
export function endOnSignals(): void {
  process.once('SIGHUP', () => process.exit(129));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

/** The answers of all workers, in their order. When one fails, the others are ended. */
export async function runGroup<Job, Answer>(run: GroupRun<Job>): Promise<Answer[]> {
  const { program, count, megabits, folder, threads, seconds, jobOf } = run;
  const places: Places =
    megabits === undefined ? await onLoopback(count) : inNamespaces(count, megabits ?? undefined);
  const ending = new AbortController();
  const end = () => ending.abort();
  process.on('exit', end);
  try {
    const answers = places.workers.map((_, index) => {
      const file = path.join(folder, `job-${index}.json`);
      writeFileSync(file, JSON.stringify(jobOf(index, places.workers)));
      return answerOf<Answer>(program, [file], {
        ...{ threads, firstCore: index * threads, seconds },
        ...{ within: places.within(index), signal: ending.signal },
      });
    });
    return await Promise.all(answers);
  } finally {
    process.off('exit', end);
    end();
    places.close();
  }
}
