/** What an import found, in words. */
import { shellWord } from '../../dataset/index.js';
import type { Graph } from '../../graph/index.js';
import type { Imported } from '../../import/index.js';
import type { NetworkRecord } from '../../model/index.js';
import { asPath } from '../../options.js';
import type { Preprocessing } from '../../pipeline/index.js';
import { count } from '../../plural.js';
import { printable } from '../../width.js';

/** Kinds of operations that are listed. */
const mostKinds = 8;

/** One line for each finding, then the notes. */
export function describeNetwork({ record, weights }: Imported, out: string): string {
  const { name, source, graph, features, labels, notes, preprocessing } = record;
  const numbers = [...weights.values()].reduce((sum, { values }) => sum + values.length, 0);
  const { file, producer } = source;
  const lines: [string, string][] = [
    ['network', `${name}, from ${file}${producer === undefined ? '' : ` by ${producer}`}`],
    ...(graph === undefined ? [] : [['operations', operationsOf(graph)] as [string, string]]),
    ['weights', `${count(weights.size, 'tensor')}, ${numbersOf(numbers)}`],
    ['input', `${preprocessing.crop} × ${preprocessing.crop} pixels; ${sidesOf(record)}`],
    ['preprocessing', describePreprocessing(preprocessing)],
    ['features', features],
    ...(labels === undefined
      ? []
      : [['classes', `${labels.length}: ${labels.slice(0, 3).join(', ')} …`] as [string, string]]),
  ];
  const widest = Math.max(...lines.map(([title]) => title.length));
  return [
    ...lines.map(([title, text]) => `${title.padEnd(widest)}  ${text}`),
    ...notes.map((note) => `! ${note}`),
    `Written to ${out}`,
  ]
    .map(printable)
    .join('\n');
}

/** What to do with the network in `out`. */
export const nextStep = (out: string): string =>
  `Next: \`npx bobbin train --data data --model ${shellWord(asPath(out))} --run run\``;

/** `176: Conv 53, BatchNormalization 53, …`, the most frequent kinds first. */
function operationsOf({ nodes }: Graph): string {
  const counts = new Map<string, number>();
  for (const { operation } of nodes) {
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([, a], [, b]) => b - a);
  const listed = kinds.slice(0, mostKinds).map((kind) => kind.join(' '));
  return `${nodes.length}: ${listed.join(', ')}${kinds.length > mostKinds ? ' …' : ''}`;
}

const numbersOf = (numbers: number): string =>
  numbers < 1e6 ? count(numbers, 'number') : `${(numbers / 1e6).toPrecision(3)} million numbers`;

function sidesOf({ sides }: NetworkRecord): string {
  if ('only' in sides) {
    return `it takes no others${sides.fixedBy === undefined ? '' : `, since ${sides.fixedBy} fits no other`}`;
  }
  return sides.multipleOf === 1
    ? 'it takes other sides, too'
    : `it takes other multiples of ${sides.multipleOf}, too`;
}

function describePreprocessing(preprocessing: Preprocessing): string {
  const { resize, crop, mean, std, channels, filter = 'bilinear', fit = 'crop' } = preprocessing;
  const levels = [mean, std].map((values) => values.map((value) => Number(value.toPrecision(6))));
  return `${fit} ${crop} of ${resize}, ${filter}; ${channels}, mean ${levels[0]}, std ${levels[1]}`;
}
