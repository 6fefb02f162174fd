/** Finds the name that a misspelt one probably means, and refuses unknown names with it. */
import { expected } from './errors.js';

/**
 * The known name nearest to `given`, which may be mistyped, spelled in another case, or in another group (`group.name`);
 * undefined if more than a third of its letters would have to change.
 *
 * @param plain takes from a name what does not count; default for names of options
 */
export function nearest(
  given: string,
  known: Iterable<string>,
  plain = plainOption,
): string | undefined {
  const word = plain(given);
  const distances = [...known].map((name) => ({ name, edits: editsBetween(word, plain(name)) }));
  distances.sort((a, b) => a.edits - b.edits);
  const [best] = distances;
  return best && best.edits <= word.length / 3 ? best.name : undefined;
}

/**
 * @param owner what has the keys: a function or a property
 * @throws InvalidInputError if `given` is no object, and for its first key that is not in `known`, with the nearest known one
 */
export function checkKeys(
  owner: string,
  given: unknown,
  known: readonly string[],
): asserts given is Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw expected('an object of options', owner, given);
  }
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    const remedy = meant === undefined ? `It takes ${known.join(', ')}` : `Did you mean ${meant}?`;
    throw expected('the name of an option', `a key of ${owner}`, unknown, remedy);
  }
}

const plainOption = (name: string) =>
  name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/[-_]/g, '')
    .toLowerCase();

/** Levenshtein's distance, computed row by row (Wagner and Fischer 1974). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, edits) => edits);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at++) {
      const kept = (row[at] as number) + (letter === to[at] ? 0 : 1);
      next.push(Math.min(kept, (row[at + 1] as number) + 1, (next[at] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
