/** Checks that a graph from a file has the structure of one: people edit files, and programs damage them. */
import type { Kind } from '../arguments.js';
import { isObject } from '../disk/index.js';
import { expected } from '../errors.js';
import type { Graph } from './graph.js';
import { sizeOf } from './values.js';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isSide: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isNames = listOf(isText);
const isShape = listOf(isSide);
const isAttribute: Check = (value) =>
  [isText, isNumber, isNames, listOf(isNumber)].some((check) => check(value));

const members = (checks: Record<string, Check>): Check => {
  return (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));
};

const isConstant: Check = (value) =>
  members({ shape: isShape, values: listOf(isNumber) })(value) &&
  isObject(value) &&
  ['float32', 'int32', 'bool'].includes(value.dtype as string) &&
  (value.values as number[]).length === sizeOf(value.shape as number[]);

const parts: Record<keyof Graph, Kind> = {
  input: {
    what: 'a name and a shape',
    accepts: members({
      name: isText,
      shape: listOf((side) => side === null || isSide(side)),
    }),
  },
  nodes: {
    what: 'nodes with name, operation, inputs, outputs and attributes',
    accepts: listOf(
      members({
        name: isText,
        operation: isText,
        inputs: isNames,
        outputs: isNames,
        attributes: (value) => isObject(value) && Object.values(value).every(isAttribute),
      }),
    ),
  },
  outputs: { what: 'names of values', accepts: isNames },
  weights: {
    what: 'weights with name, shape and trainable',
    accepts: listOf(
      members({ name: isText, shape: isShape, trainable: (value) => typeof value === 'boolean' }),
    ),
  },
  constants: {
    what: 'constants with dtype, shape and as many values',
    accepts: (value) => isObject(value) && Object.values(value).every(isConstant),
  },
};

/**
 * @param name of the graph, for errors
 * @param remedy what to do about a damaged graph, as a sentence
 * @throws InvalidInputError that names the part of the graph which is not what it has to be
 */
export function checkGraph(graph: unknown, name = 'a graph', remedy = ''): asserts graph is Graph {
  if (!isObject(graph)) {
    throw expected('an object', name, graph, remedy);
  }
  for (const [part, { what, accepts }] of Object.entries(parts)) {
    if (!accepts(graph[part])) {
      throw expected(what, `${part} of ${name}`, graph[part], remedy);
    }
  }
}
