/** The one way Bobbin words an invalid value: what was expected, under which name, and what came instead. */

/** A value or a file's content that the caller can put right. Its message says what to change. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** Characters of a value that an error repeats: a file taken for another kind may arrive as one value. */
const mostShown = 200;

/** `Expected X for NAME but received Y`, with an optional way out as a second sentence. */
export function expected(what: string, name: string, received: unknown, wayOut = ''): Error {
  const whole = typeof received === 'string' ? JSON.stringify(received) : describe(received);
  const shown = whole.length > mostShown ? `${whole.slice(0, mostShown)}…` : whole;
  const advice = wayOut === '' ? '' : `. ${wayOut}`;
  return new InvalidInputError(`Expected ${what} for ${name} but received ${shown}${advice}`);
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return JSON.stringify(value) ?? Object.prototype.toString.call(value);
}
