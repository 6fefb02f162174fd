/** Checks what a function of the API is called with: the names of its options, and the kinds of values that no option table describes. */
import { expected } from './errors.js';
import { checkKeys } from './near-miss.js';
import { checkOption, isOption, type Option, type OptionTable } from './options.js';

/** What a value must be. */
export interface Kind {
  /** In words, with its article: `a folder`. */
  readonly what: string;
  readonly accepts: (value: unknown) => boolean;
}

/** A value that may be left out. */
export interface OptionalKind extends Kind {
  readonly isOptional: true;
}

/** The arguments of a function by their names. */
export type Shape = { readonly [name: string]: Kind | Option | OptionTable | Shape };

/** A shape that has every name of the interface `Arguments` and no other: `{ … } satisfies ShapeOf<Arguments>`. */
export type ShapeOf<Arguments> = {
  readonly [Name in keyof Arguments]-?: Pick<Arguments, Name> extends Required<
    Pick<Arguments, Name>
  >
    ? Kind
    : OptionalKind | Option | OptionTable | Shape;
};

export const text = (what: string): Kind => ({
  what,
  accepts: (value) => typeof value === 'string' && value !== '',
});

export const record = (what: string): Kind => ({ what, accepts: isRecord });

/** An array, or a table that has a length, too. */
export const list = (what: string): Kind => ({
  what,
  accepts: (value) => typeof value === 'object' && value !== null && 'length' in value,
});

export const choice = (...words: readonly string[]): Kind => ({
  what: `one of ${words.join(', ')}`,
  accepts: (value) => words.includes(value as string),
});

export const number: Kind = { what: 'a number', accepts: (value) => typeof value === 'number' };

export const optional = (kind: Kind): OptionalKind => ({ ...kind, isOptional: true });

export const callable: Kind = {
  what: 'a function',
  accepts: (value) => typeof value === 'function',
};

export const callback = optional(callable);

export const signal = optional({
  what: 'an AbortSignal',
  accepts: (value) => isRecord(value) && 'aborted' in value,
});

/**
 * @param owner the function, or the property that has these options
 * @throws InvalidInputError without an object, for a name that is not in `shape`, with the nearest one that is, and for a value
 *   that is missing, of another kind or out of its range
 */
export function checkArguments(owner: string, given: unknown, shape: Shape): void {
  checkKeys(owner, given, Object.keys(shape));
  for (const [name, node] of Object.entries(shape)) {
    const value = given[name];
    if (isKind(node)) {
      checkArgument(name, value, node);
    } else if (value !== undefined) {
      isOption(node) ? checkOption(name, node, value) : checkArguments(name, value, node);
    }
  }
}

/** @throws InvalidInputError for a value that is missing or of another kind */
export function checkArgument(name: string, value: unknown, kind: Kind | OptionalKind): void {
  const isLeftOut = value === undefined && 'isOptional' in kind;
  if (!isLeftOut && !kind.accepts(value)) {
    throw expected(kind.what, name, value);
  }
}

const isKind = (node: Shape[string]): node is Kind | OptionalKind =>
  typeof (node as Kind).accepts === 'function';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
