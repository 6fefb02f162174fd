/** Errors about invalid values, in one form of words. */

/** An invalid value or file that the caller can correct. The message says what to change. */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
}

/** Characters of a value that an error shows at most: a value may be a whole file. */
const mostShown = 200;

/** Characters of the other parts of a message, which may contain names from a file. */
const mostNamed = 2000;

/**
 * `Expected WHAT for NAME but received VALUE`; `undefined` is {@link missing}. `remedy`, the way to correct it,
 * follows as a second sentence.
 */
export function expected(what: string, name: string, received: unknown, remedy = ''): Error {
  if (received === undefined) {
    return missing(what, name, remedy);
  }
  const shown = clip(describe(received, mostShown), mostShown);
  return new InvalidInputError(
    `Expected ${clip(what, mostNamed)} for ${clip(name, mostNamed)} but received ${shown}${second(remedy)}`,
  );
}

/** `Missing WHAT for NAME`, where nothing was given or found. `remedy` follows as a second sentence. */
export function missing(what: string, name: string, remedy = ''): Error {
  return new InvalidInputError(
    `Missing ${clip(what, mostNamed)} for ${clip(name, mostNamed)}${second(remedy)}`,
  );
}

/** `NAME was given twice`, for what has one value. */
export function givenTwice(name: string): Error {
  return new InvalidInputError(`${clip(name, mostNamed)} was given twice. Give it once`);
}

/** `A cannot be combined with B`, for two values that are valid alone. `why`, a reason or remedy, follows as a second sentence. */
export function conflict(a: string, b: string, why = ''): Error {
  return new InvalidInputError(`${a} cannot be combined with ${b}${second(why)}`);
}

const second = (sentence: string) => (sentence === '' ? '' : `. ${clip(sentence, mostNamed)}`);

const clip = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most)}…` : text;

/** A value as JSON, of which only the first `room` characters are sure: a value may be huge, deep, or contain itself. */
function describe(value: unknown, room: number): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.slice(0, room + 1));
  }
  if (value === null || typeof value !== 'object') {
    return String(value);
  }
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const parts: string[] = [];
  let left = room;
  for (const key of keysOf(value, room)) {
    if (left <= 0) {
      break;
    }
    const part = `${isList ? '' : `${JSON.stringify(clip(key, room))}:`}${property(value, key, left)}`;
    parts.push(part);
    left -= part.length + 1;
  }
  const text = parts.join(',');
  return isList ? `[${text}]` : `{${text}}`;
}

/** At most `room` keys. */
function keysOf(value: object, room: number): string[] {
  const { length } = value as ArrayLike<unknown>;
  return Array.isArray(value) || ArrayBuffer.isView(value)
    ? Array.from({ length: Math.min(length, room) }, (_, index) => `${index}`)
    : Object.keys(value).slice(0, room);
}

function property(value: object, key: string, room: number): string {
  try {
    return describe((value as Record<string, unknown>)[key], room - 1);
  } catch {
    // A getter may throw.
    return '…';
  }
}
