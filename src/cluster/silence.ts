/** Ends the wait for an answer of worker 0 when that hangs or cannot be reached: TensorFlow would wait for ever. */
import { setTimeout as wait } from 'node:timers/promises';

/** Between two questions. */
const roundMilliseconds = 1000;

/** How worker 0 is asked whether it is there. */
interface Question {
  /** Rejects where worker 0 does not answer in a moment. */
  ask(): Promise<void>;
  /** The longest time without an answer. */
  seconds: number;
  /** What to say then. */
  sentence: string;
}

/**
 * @param answer what worker 0 gives, or rejects
 * @throws its error, and an Error with `sentence` when worker 0 has been silent for `seconds`
 */
export async function unlessSilent<Answer>(
  answer: Promise<Answer>,
  question: Question,
): Promise<Answer> {
  const end = new AbortController();
  const silence = silenceOf(question, end.signal);
  // Nobody waits for the one that comes second.
  answer.catch(() => {});
  silence.catch(() => {});
  try {
    return await Promise.race([answer, silence]);
  } finally {
    end.abort();
  }
}

/** Rejects when worker 0 has been silent for too long. */
async function silenceOf(
  { ask, seconds, sentence }: Question,
  signal: AbortSignal,
): Promise<never> {
  for (let heard = performance.now(); ; ) {
    await wait(roundMilliseconds, undefined, { signal });
    try {
      await ask();
      heard = performance.now();
    } catch {
      if (performance.now() - heard >= 1000 * seconds) {
        throw new Error(sentence);
      }
    }
  }
}
