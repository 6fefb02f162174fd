/** Options of the updater: the optimizer, the own options of every optimizer in one table, and the steps around it. */
import { conflict } from '../../errors.js';
import {
  type Option,
  type OptionTable,
  type OptionValues,
  pickOptions,
  resolveOptions,
} from '../../options.js';
import { jitOptions } from '../../tensorflow/index.js';
import { beyondHead } from '../beyond-head.js';
import { optimizers } from './list.js';
import type { OptimizerEntry } from './optimizer.js';

export type OptimizerName = keyof typeof optimizers;

const entries: readonly [string, OptimizerEntry][] = Object.entries(optimizers);

type OwnTable = (typeof optimizers)[OptimizerName]['options'];
type NameIn<Table> = Table extends unknown ? keyof Table : never;
type WithoutDefault<Declared> = Declared extends unknown
  ? Omit<Declared, 'default'> & { default: undefined }
  : never;

/** Every optimizer's own options; their defaults depend on the optimizer. */
type OptimizerOptions = {
  [Name in NameIn<OwnTable>]: WithoutDefault<Extract<OwnTable, Record<Name, unknown>>[Name]>;
};

const optimizerOptions = Object.fromEntries(
  entries
    .flatMap(([, { options }]) => Object.keys(options))
    .map((name) => [name, withoutDefault(name)]),
) as OptimizerOptions;

/** Options of `Updater`. */
export const updaterOptions = {
  optimizer: {
    type: 'choice',
    choices: Object.keys(optimizers) as OptimizerName[],
    default: 'sgd',
    help: entries.map(([name, { help }]) => `${name}: ${help}`).join('; '),
  },
  ...optimizerOptions,
  layerDecay: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    help: 'factor of the learning rate from each block of layers to the one before it, the head having the whole rate; 1: all alike',
    ...beyondHead,
  },
  clipNorm: {
    type: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    help: 'largest norm of the gradient of all weights together; a longer gradient is shortened to it; 0: no limit',
  },
  averageDecay: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.999999,
    help: 'share that a moving average of the weights keeps in a step; validated and saved in their place; 0: none',
  },
  accumulate: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 1024,
    help: 'batches whose gradients make one step; each batch is normalised by itself',
  },
  precision: jitOptions.precision,
} as const satisfies OptionTable;

export type UpdaterOptions = OptionValues<typeof updaterOptions>;

/** Completes the options of the chosen optimizer by their defaults; those of the others become `undefined`. */
export function resolveOptimizer<Values extends UpdaterOptions>(values: Values): Values {
  const { options } = optimizers[values.optimizer] as OptimizerEntry;
  const own = resolveOptions(options, pickOptions(options, values));
  return { ...values, ...pickOptions(optimizerOptions, {}), ...own };
}

/**
 * A value that is a default of the option's own optimizer passes: earlier versions saved the options of
 * all optimizers in config.json.
 *
 * @throws InvalidInputError when an option of another optimizer than the chosen one is given
 */
export function checkOptimizer({ optimizer, ...values }: UpdaterOptions): void {
  for (const name of Object.keys(optimizerOptions) as (keyof OptimizerOptions)[]) {
    const owners = ownersOf(name);
    const isOwn = owners.some((owner) => owner.optimizer === optimizer);
    const given = values[name];
    if (!isOwn && given !== undefined && owners.every(({ option }) => option.default !== given)) {
      const names = owners.map((owner) => owner.optimizer).join(' and ');
      const why = `It is an option of ${names}: leave it out`;
      throw conflict(`${name} ${given}`, `optimizer ${optimizer}`, why);
    }
  }
}

/** The option of the chosen optimizer that a schedule may change in each step: its name, value and default. */
export function momentumOf({ optimizer, ...values }: UpdaterOptions) {
  const { momentum: name, options } = optimizers[optimizer] as OptimizerEntry;
  const value = values[name as keyof OptimizerOptions];
  return { name, value, preset: options[name]?.default };
}

interface Owner {
  optimizer: string;
  option: Option;
}

/** The optimizers that have an option of this name. */
function ownersOf(name: string): [Owner, ...Owner[]] {
  return entries.flatMap(([optimizer, { options }]) => {
    const option = options[name];
    return option === undefined ? [] : [{ optimizer, option }];
  }) as [Owner, ...Owner[]];
}

/** The option for a table of all optimizers; help and default name the optimizers when they differ among them. */
function withoutDefault(name: string): Option {
  const owners = ownersOf(name);
  const [{ option }] = owners;
  const help = inWords(owners, ({ option }) => option.help, owners.length < entries.length);
  const defaultHelp = inWords(owners, ({ option }) => String(option.default));
  const appliesWith = { option: 'optimizer', choices: owners.map(({ optimizer }) => optimizer) };
  return { ...option, default: undefined, help, defaultHelp, appliesWith };
}

/** What `describe` says of each owner: once when all agree, else with the owners' names. */
function inWords(
  owners: readonly Owner[],
  describe: (owner: Owner) => string,
  named = new Set(owners.map(describe)).size > 1,
): string {
  const texts = new Map<string, string[]>();
  for (const owner of owners) {
    const text = describe(owner);
    texts.set(text, [...(texts.get(text) ?? []), owner.optimizer]);
  }
  return [...texts]
    .map(([text, names]) => (named ? `${text} (${names.join(', ')})` : text))
    .join('; ');
}
