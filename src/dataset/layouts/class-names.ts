/** Numbers classes whose labels are names, and names those whose labels are numbers. */

import path from 'node:path';
import { ifPresent, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import type { Label } from './label.js';

/** Class names in the order of their numbers, one a line. */
export const classNamesFile = 'classnames.txt';
const mostClasses = 100_000;

/** A label and where it stands, for messages. */
export interface PlacedLabel {
  label: Label;
  place: string;
}

export interface Classes {
  /** In the order of their numbers. */
  names: string[];
  /** The number of a class that these labels have. */
  indexOf(label: Label): number;
}

/** The names in the first classnames.txt in `folders` or in `root` itself; `folders` are relative to `root`. */
export async function readClassNames(
  root: string,
  folders: readonly string[] = [],
): Promise<string[] | undefined> {
  for (const folder of new Set([...folders, '.'])) {
    const file = path.join(root, folder, classNamesFile);
    const text = await ifPresent(readText(file));
    if (text === undefined) {
      continue;
    }
    const names = text.trimEnd().split(/\r?\n/);
    const blank = names.findIndex((name) => name.trim() === '');
    if (blank >= 0) {
      throw expected('a class name', `${file}:${blank + 1}`, names[blank]);
    }
    return names;
  }
  return undefined;
}

/**
 * The classes of `labels`: those of `named`, the content of classnames.txt, or else those that occur, names in code-unit order
 * and numbers from 0 to the largest.
 *
 * @throws InvalidInputError naming the place, for a label that `named` does not have or has twice, a huge number, and names beside numbers.
 */
export function classesOf(labels: readonly PlacedLabel[], named: string[] | undefined): Classes {
  if (named) {
    checkNamed(labels, named);
  }
  const names = named ?? namesIn(labels) ?? numbersIn(labels);
  const numbers = new Map(names.map((name, index) => [name, index]));
  const indexOf = (label: Label) =>
    typeof label === 'number' ? label : (numbers.get(label) as number);
  return { names, indexOf };
}

function checkNamed(labels: readonly PlacedLabel[], named: readonly string[]): void {
  const names = new Set(named);
  const odd = labels.find(({ label }) =>
    typeof label === 'number' ? label >= named.length : !names.has(label),
  );
  if (odd) {
    const what = `one of the ${named.length} classes of ${classNamesFile}`;
    throw expected(what, `label at ${odd.place}`, odd.label);
  }
  const twice = new Set(named.filter((name, index) => named.indexOf(name) !== index));
  const ambiguous = labels.find(({ label }) => typeof label === 'string' && twice.has(label));
  if (ambiguous) {
    const what = `a class that ${classNamesFile} has once`;
    throw expected(what, `label at ${ambiguous.place}`, ambiguous.label);
  }
}

/** Undefined where the labels are numbers. */
function namesIn(labels: readonly PlacedLabel[]): string[] | undefined {
  const number = labels.find(({ label }) => typeof label === 'number');
  const name = labels.find(({ label }) => typeof label === 'string');
  if (number && name) {
    const remedy = `The one at ${name.place} is a name: say which numbers the names have in ${classNamesFile}`;
    throw expected('a name', `label at ${number.place}`, number.label, remedy);
  }
  return name && [...new Set(labels.map(({ label }) => `${label}`))].sort(byCodeUnit);
}

function numbersIn(labels: readonly PlacedLabel[]): string[] {
  const largest = labels.reduce((most, { label }) => Math.max(most, label as number), -1);
  if (largest >= mostClasses) {
    const { place } = labels.find(({ label }) => label === largest) as PlacedLabel;
    throw expected(`a class number below ${mostClasses}`, `label at ${place}`, largest);
  }
  return Array.from({ length: largest + 1 }, (_, label) => `${label}`);
}
