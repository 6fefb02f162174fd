/** Content hashes of many files, on several threads and in pieces: they neither fill the memory nor block the event loop. */
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { InvalidInputError } from '../../errors.js';
import { mapConcurrently } from '../concurrency.js';
import { type FileStamp, stampOf } from '../file-stamp.js';

/** SHA-256 of a file's bytes in hex, and its stamp when it was opened. */
export interface FileHash extends FileStamp {
  hash: string;
}

/** A file's hash, or why there is none: the system's code, or what the path is instead of a file, such as "a pipe". */
export type Hashed = FileHash | { code: string };

/** What a thread answers for each file. */
type Answer = { hash: string; size: number; mtimeMs: number } | { code: string };

/** Threads: one a core, but so many that a slow disk is busy and so few that their memory does not count. */
const mostThreads = Math.min(16, Math.max(4, os.availableParallelism()));
/** Errors of the system that say nothing about the file. */
const limits = ['EMFILE', 'ENFILE'];
/** Files that a thread gets at once. */
const filesAtOnce = 32;

/**
 * Hashes each file once. It does not reject for an unreadable file, whose entry has the reason. `onProgress` is called with
 * the number of files that are done.
 *
 * @throws InvalidInputError where the system opens no further file, or starts no thread.
 */
export async function hashFiles(
  files: Iterable<string>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Map<string, Hashed>> {
  const unique = [...new Set(files)];
  const hashes = new Map<string, Hashed>();
  const batches = inBatches(unique);
  const threads = Math.min(mostThreads, Math.ceil(unique.length / filesAtOnce));
  const workers = await startWorkers(threads);
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const batch of batches) {
          for (const [index, hashed] of (await hashBatch(worker, batch)).entries()) {
            hashes.set(batch[index] as string, hashed);
          }
          onProgress(hashes.size, unique.length);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return hashes;
}

/** The stamp of each file, each read once. Rejects with the system's error where one cannot be read. */
export async function stampFiles(files: Iterable<string>): Promise<Map<string, FileStamp>> {
  const unique = [...new Set(files)];
  const stamps = await mapConcurrently(unique, filesAtOnce, async (file) =>
    stampOf(await stat(file)),
  );
  return new Map(unique.map((file, index) => [file, stamps[index] as FileStamp]));
}

function* inBatches(files: readonly string[]): Generator<string[]> {
  for (let start = 0; start < files.length; start += filesAtOnce) {
    yield files.slice(start, start + filesAtOnce);
  }
}

/** `most` workers, or fewer where the system has not enough open files or threads for so many and for what they read. */
async function startWorkers(most: number): Promise<Worker[]> {
  const starts = await Promise.allSettled(Array.from({ length: most }, startWorker));
  const workers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed === undefined) {
    return workers;
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  const { code, message } = failed.reason as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_INIT_FAILED' && !limits.includes(code ?? '')) {
    throw failed.reason;
  }
  if (most === 1) {
    const remedy = 'Raise the limits on open files (`ulimit -n`) and on threads (`ulimit -u`)';
    throw new InvalidInputError(
      `Expected to start a thread that reads files but received ${message}. ${remedy}`,
    );
  }
  return await startWorkers(Math.ceil(most / 4));
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(new URL('./hash-worker.mjs', import.meta.url), { execArgv: [] });
  try {
    await once(worker, 'message');
    return worker;
  } catch (error) {
    // What it opened is closed when it has ended.
    await worker.terminate();
    throw error;
  }
}

async function hashBatch(worker: Worker, files: readonly string[]): Promise<Hashed[]> {
  worker.postMessage(files);
  const [answers] = (await once(worker, 'message')) as [Answer[]];
  return answers.map((answer, index) => {
    if ('hash' in answer) {
      return { hash: answer.hash, ...stampOf(answer) };
    }
    if (limits.includes(answer.code)) {
      const remedy = 'Raise the limit on open files (`ulimit -n`)';
      throw new InvalidInputError(
        `Expected to open ${files[index]} but received ${answer.code}. ${remedy}`,
      );
    }
    return answer;
  });
}
