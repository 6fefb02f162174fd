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

/** A file's hash, or the system's code for why there is none. */
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
 * @throws InvalidInputError where the system opens no further file.
 */
export async function hashFiles(
  files: Iterable<string>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Map<string, Hashed>> {
  const unique = [...new Set(files)];
  const hashes = new Map<string, Hashed>();
  const batches = inBatches(unique);
  const threads = Math.min(mostThreads, Math.ceil(unique.length / filesAtOnce));
  const workers = Array.from({ length: threads }, startWorker);
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

function startWorker(): Worker {
  return new Worker(new URL('./hash-worker.mjs', import.meta.url), { execArgv: [] });
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
