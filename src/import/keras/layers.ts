/** Turns Keras's layers into those of tfjs-layers and Bobbin's, or refuses them by name. */
import { isDeepStrictEqual } from 'node:util';
import { expected } from '../../errors.js';
import { nearest } from '../../near-miss.js';
import type { Config, Source } from './config.js';
import type { FlatLayer } from './flatten.js';
import { operationLayer } from './operations.js';
import { type Rule, rules, type TopologyLayer } from './rules.js';
import { activationOf, hasOtherType, initializerOf, withoutNull } from './values.js';

/** What no network computes with: names, what an optimizer does, what tfjs finds out. */
const ignored = new Set([
  'name',
  'trainable',
  'dtype',
  'seed',
  'batch_input_shape',
  'batch_shape',
  'build_input_shape',
]);

/** Terms of a loss and limits of weights in training. */
const training = /_(regularizer|constraint)$/;

/**
 * The layer that computes what `layer` does; undefined where inputs pass unchanged.
 *
 * @param notes gets what a user should know
 * @throws InvalidInputError for a class that Bobbin lacks, and for a key of the configuration that it would ignore
 */
export function layerFor(
  layer: FlatLayer,
  source: Source,
  notes: Set<string>,
): TopologyLayer | undefined {
  if (layer.isOperation) {
    return operationLayer(layer, source);
  }
  const where = `the layer ${layer.name} in ${source.file}`;
  const rule = ruleOf(layer.className, where);
  const config = layer.config;
  if (hasOtherType(config.dtype, where)) {
    notes.add('The file computed in another type than float32: Bobbin computes in float32');
  }
  if (rule.note !== undefined) {
    notes.add(`${layer.className} is left out: ${rule.note}`);
  }
  if (rule.becomes && rule.becomes(config) === undefined) {
    return undefined;
  }
  if (Object.entries(config).some(([key, value]) => training.test(key) && value !== null)) {
    notes.add(
      'Regularizers and constraints of the file are left out: training has its own options',
    );
  }
  const read = readConfig(layer, rule, source);
  return rule.becomes?.(read) ?? { className: layer.className, config: read };
}

function ruleOf(className: string, where: string): Rule {
  if (Object.hasOwn(rules, className)) {
    return rules[className] as Rule;
  }
  const meant = nearest(className, Object.keys(rules), (name) => name.toLowerCase());
  const remedy =
    className === 'Lambda'
      ? 'A Lambda layer is Python code, which is not run: write it with the layers of Keras'
      : `It computes ${meant === undefined ? Object.keys(rules).join(', ') : `${meant}, among others`}`;
  throw expected('a class of layers that Bobbin has', where, className, remedy);
}

/** The configuration in tfjs's words. */
function readConfig(layer: FlatLayer, rule: Rule, source: Source): Config {
  const { unused = [] } = rule;
  const means = (key: string) => !ignored.has(key) && !unused.includes(key) && !training.test(key);
  const entries = Object.entries(withoutNull(layer.config)).filter(([key]) => means(key));
  const read = entries.map(([key, value]) => {
    const where = `${key} of the layer ${layer.name} in ${source.file}`;
    return [key, readValue(key, value, { rule, source, where })] as const;
  });
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

interface Reading {
  rule: Rule;
  source: Source;
  where: string;
}

/** What tfjs's layer has for a key; undefined where that is the only value. */
function readValue(key: string, value: unknown, { rule, source, where }: Reading): unknown {
  const { keys = [], only = {} } = rule;
  if (key === 'activation') {
    return activationOf(value, source.kerasVersion, where);
  }
  if (key === 'data_format') {
    return checkAmong(['channels_last'], value, where);
  }
  if (key.endsWith('_initializer')) {
    return initializerOf(value);
  }
  if (Object.hasOwn(only, key)) {
    return checkAmong(only[key] as readonly unknown[], value, where);
  }
  if (!keys.includes(key)) {
    throw expected('no such key', where, value, 'Bobbin would ignore it');
  }
  return value;
}

function checkAmong(values: readonly unknown[], value: unknown, where: string): void {
  if (!values.some((each) => isDeepStrictEqual(each, value))) {
    throw expected(values.map((each) => JSON.stringify(each)).join(' or '), where, value);
  }
}
