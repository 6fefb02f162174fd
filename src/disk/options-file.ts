/** Reads a file of options: a JSON object in the form of the API's calls; comments are allowed. */

import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { expected, givenTwice } from '../errors.js';
import { nearest } from '../near-miss.js';
import { checkOption, type Option } from '../options.js';
import { isObject, jsonError } from './json-file.js';
import { readText } from './text-file.js';

/** Options by name; one in a group is `group.name`. */
export type NamedOptions = ReadonlyMap<string, Option>;

/**
 * The values in `file` by the names of their options.
 *
 * @param owner the option that names the file
 * @throws InvalidInputError with file and line when the file is not JSON, a name is unknown or given twice, or a value is
 * outside its option's type or range.
 */
export async function readOptions(
  file: string,
  known: NamedOptions,
  owner: string,
): Promise<Map<string, unknown>> {
  const text = await readText(file).catch((error: NodeJS.ErrnoException) => {
    throw expected('a file that can be read', owner, file, error.message);
  });
  const values = new Map<string, unknown>();
  collect(parsed(text, file), '', {
    known,
    values,
    place: (offset) => placeIn(text, file, offset),
  });
  return values;
}

/**
 * The object of options in the text of a file, by names that may be of any version of Bobbin.
 *
 * @throws InvalidInputError with file and line when the text is not JSON with comments, or no object
 */
export function parseOptions(text: string, file: string): Record<string, unknown> {
  const root = parsed(text, file);
  const value: unknown = getNodeValue(root);
  if (!isObject(value)) {
    throw expected('an object of options', placeIn(text, file, root.offset), value);
  }
  return value;
}

/** File and line of an offset in its text. */
const placeIn = (text: string, file: string, offset: number): string =>
  `${file}:${text.slice(0, offset).split('\n').length}`;

function parsed(text: string, file: string): Node {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { allowTrailingComma: true });
  } catch {
    // The parser calls itself for each bracket.
    throw expected('an object of options', file, 'thousands of brackets inside each other');
  }
  const [first] = errors;
  if (first) {
    throw jsonError(text, first, placeIn(text, file, first.offset));
  }
  return root as Node;
}

interface Collecting {
  known: NamedOptions;
  values: Map<string, unknown>;
  /** File and line of an offset. */
  place: (offset: number) => string;
}

/** Adds the values of an object. `group` is the object's name and a dot, or empty for the whole file. */
function collect(object: Node, group: string, collecting: Collecting): void {
  const { known, place } = collecting;
  if (object.type !== 'object') {
    const where = place(object.offset);
    const name = group === '' ? where : `${group.slice(0, -1)} in ${where}`;
    throw expected('an object of options', name, getNodeValue(object));
  }
  for (const { children, offset } of object.children ?? []) {
    const [key, value] = children as [Node, Node];
    const name = `${group}${key.value}`;
    const option = known.get(name);
    if (option) {
      addValue({ name, option, value: getNodeValue(value), where: place(offset) }, collecting);
    } else if ([...known.keys()].some((each) => each.startsWith(`${name}.`))) {
      collect(value, `${name}.`, collecting);
    } else {
      throw unknownName(name, place(offset), known);
    }
  }
}

interface Given {
  name: string;
  option: Option;
  value: unknown;
  /** File and line. */
  where: string;
}

function addValue({ name, option, value, where }: Given, { values }: Collecting): void {
  if (values.has(name)) {
    throw givenTwice(`${name} in ${where}`);
  }
  checkOption(`${name} in ${where}`, option, value);
  values.set(name, value);
}

function unknownName(name: string, where: string, known: NamedOptions): Error {
  const meant = nearest(name, known.keys());
  const remedy = meant ? `Did you mean ${meant}?` : 'docs/commands lists the options';
  return expected('the name of an option', `a key in ${where}`, name, remedy);
}
