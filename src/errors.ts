/** The one way Bobbin words an invalid value: what was expected, under which name, and what came instead. */

/** A value or a file's content that the caller can put right. Its message says what to change. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** `Expected X for NAME but received Y`, with an optional way out as a second sentence. */
export function expected(what: string, name: string, received: unknown, wayOut = ''): Error {
  const shown = typeof received === 'string' ? JSON.stringify(received) : describe(received);
  const advice = wayOut === '' ? '' : `. ${wayOut}`;
  return new InvalidInputError(`Expected ${what} for ${name} but received ${shown}${advice}`);
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return JSON.stringify(value) ?? Object.prototype.toString.call(value);
}
