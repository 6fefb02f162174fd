/** Accounts for every tensor of a file: each belongs to the network, to a head that is left out, or is a fault that is named. */
import { expected } from '../../errors.js';
import { nearest } from '../../near-miss.js';
import type { NamedTensors } from './format.js';
import type { StoredWeight } from './namings.js';

/** Names of tensors, or of modules or layers with several, that are a head, which is left out. */
export interface Heads {
  /** Of the network. */
  network?: readonly string[] | undefined;
  /** What the file says of itself, where that is known. */
  file?: readonly string[] | undefined;
}

interface Fit {
  /** Its name, for errors. */
  network: string;
  weights: readonly StoredWeight[];
  tensors: NamedTensors;
  file: string;
  heads: Heads;
}

interface Named {
  name: string;
  shape: readonly number[];
}

/**
 * @throws InvalidInputError that lists the weights which the file lacks, those that it has in another shape, and its tensors
 *   that are neither the network's nor a head's
 */
export function checkFit({ network, weights, tensors, file, heads }: Fit): void {
  const missing = weights.filter(({ name }) => !tensors.has(name));
  const misshapen = weights.flatMap(({ name, shape }) => {
    const found = tensors.get(name)?.shape ?? shape;
    return String(found) === String(shape)
      ? []
      : [`${shown({ name, shape: found })} instead of [${shape}]`];
  });
  const known = new Set(weights.map(({ name }) => name));
  const others = [...tensors]
    .map(([name, { shape }]) => ({ name, shape }))
    .filter(({ name }) => !known.has(name) && !name.endsWith('num_batches_tracked'))
    .filter(notIn(heads.network ?? []));
  const unexpected = heads.file ? others.filter(notIn(heads.file)) : withoutLinear(others);
  if (missing.length + misshapen.length + unexpected.length === 0) {
    return;
  }
  const names = others.slice(0, mostCompared).map(({ name }) => name.slice(0, longestName));
  const remedy = [
    listed('Missing', missing, (weight) => `${shown(weight)}${hint(weight.name, names)}`),
    listed('Of another shape', misshapen, (words) => words),
    // In another network's file, what may be a head tells, too.
    listed('Not of the network', missing.length > 0 ? others : unexpected, shown),
  ];
  const parts = remedy.filter((part) => part !== '').join('. ');
  throw expected(`the ${weights.length} weights of ${network}`, file, 'others', parts);
}

const notIn =
  (heads: readonly string[]) =>
  ({ name }: Named): boolean =>
    !heads.some((head) => name === head || ['.', '/'].some((dot) => name.startsWith(head + dot)));

/**
 * Without what may be a head: modules of nothing but a matrix and perhaps a bias. A kernel or a normalisation that is left over
 * belongs to a network with more layers.
 */
function withoutLinear(tensors: readonly Named[]): Named[] {
  const modules = new Map<string, Named[]>();
  for (const tensor of tensors) {
    const name = moduleOf(tensor);
    const module = modules.get(name) ?? [];
    module.push(tensor);
    modules.set(name, module);
  }
  return tensors.filter((tensor) => !isLinear(modules.get(moduleOf(tensor)) as Named[]));
}

const moduleOf = ({ name }: Named): string => name.replace(/[./][^./]*$/, '');

function isLinear(module: readonly Named[]): boolean {
  const matrix = module.find(({ shape }) => shape.length === 2);
  const others = module.filter((tensor) => tensor !== matrix);
  const isBias = ({ shape }: Named) =>
    shape.length === 1 && matrix?.shape.includes(shape[0] as number);
  return matrix !== undefined && others.length <= 1 && others.every(isBias);
}

const mostListed = 3;
/** A hostile file may have many names, and long ones. */
const mostCompared = 2000;
const longestName = 100;

const shown = ({ name, shape }: Named): string => `${name.slice(0, longestName)} [${shape}]`;

function hint(name: string, others: readonly string[]): string {
  const near = nearest(name, others, (each) => each);
  return near === undefined ? '' : ` (the file has ${near})`;
}

function listed<Item>(what: string, items: readonly Item[], words: (item: Item) => string): string {
  const more = items.length - mostListed;
  const rest = more > 0 ? ` and ${more} more` : '';
  const first = items.slice(0, mostListed).map(words);
  return items.length === 0 ? '' : `${what}: ${first.join(', ')}${rest}`;
}
