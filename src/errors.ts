/** The one way Bobbin words an invalid value: what was expected, under which name, and what came instead. */

/** A value or a file's content that the caller can put right. Its message says what to change. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** Characters of a value that an error repeats: a file taken for another kind may arrive as one value. */
const mostShown = 200;

/** `Expected X for NAME but received Y`; `remedy`, what to do about it, is a second sentence. */
export function expected(what: string, name: string, received: unknown, remedy = ''): Error {
  const whole = typeof received === 'string' ? JSON.stringify(received) : describe(received);
  const shown = whole.length > mostShown ? `${whole.slice(0, mostShown)}…` : whole;
  return new InvalidInputError(
    `Expected ${what} for ${name} but received ${shown}${second(remedy)}`,
  );
}

/** `A cannot be combined with B`: two values that are valid alone. `why`, or what to do about it, is a second sentence. */
export function conflict(a: string, b: string, why = ''): Error {
  return new InvalidInputError(`${a} cannot be combined with ${b}${second(why)}`);
}

const second = (sentence: string) => (sentence === '' ? '' : `. ${sentence}`);

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') {
    return String(value);
  }
  return JSON.stringify(value) ?? Object.prototype.toString.call(value);
}
