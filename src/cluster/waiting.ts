/** Waits for answers of worker 0, which do not keep the process alive: if it hangs, they never come. */
import { setTimeout as wait } from 'node:timers/promises';

/** How long a worker may take to answer. One that does not answer in time may be busy; its heartbeat decides. */
export const answerMilliseconds = 2000;

/** Keeps the process alive until the answer is there. */
export async function awaited<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    return await answer;
  } finally {
    clearInterval(alive);
  }
}

/** Waits for an answer of worker 0 that has no limit of its own. @throws an Error when it does not come in time */
export async function inTime(answer: Promise<void>): Promise<void> {
  const end = new AbortController();
  const late = wait(answerMilliseconds, undefined, { signal: end.signal }).then(() => {
    throw new Error('Worker 0 does not answer');
  });
  // Nobody waits for the one that comes second.
  late.catch(() => {});
  answer.catch(() => {});
  await Promise.race([answer, late]).finally(() => end.abort());
}
