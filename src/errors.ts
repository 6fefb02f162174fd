/** Errors about invalid values, in one form of words. */

/** An invalid value or file that the caller can correct. The message says what to change. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** Characters of a value that an error shows at most: a value may be a whole file. */
const mostShown = 200;

/** `Expected WHAT for NAME but received VALUE`. `remedy`, the way to correct it, follows as a second sentence. */
export function expected(what: string, name: string, received: unknown, remedy = ''): Error {
  const whole = typeof received === 'string' ? JSON.stringify(received) : describe(received);
  const shown = whole.length > mostShown ? `${whole.slice(0, mostShown)}…` : whole;
  return new InvalidInputError(
    `Expected ${what} for ${name} but received ${shown}${second(remedy)}`,
  );
}

/** `A cannot be combined with B`, for two values that are valid alone. `why`, a reason or remedy, follows as a second sentence. */
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
