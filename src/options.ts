/**
 * Options as tables: each option is declared once, with its type, default, range and help. From a table come the checks
 * here, the commands' flags, the keys of configuration files, docs/commands, and what editors show.
 */
import { existsSync } from 'node:fs';
import { conflict, expected } from './errors.js';
import { checkKeys, nearest } from './near-miss.js';

interface Described {
  help: string;
  /** The default in words, when it depends on the machine or on another option. */
  defaultHelp?: string;
  /** The flag's name if it differs from the option's. */
  flag?: string;
  /** The choices of another option with which this one has a meaning; with all if absent. */
  appliesWith?: { option: string; choices: readonly string[] };
}

/** `undefined` when another option decides: the value then stays `undefined` until that option is known. */
type Default<Value> = Value | undefined;

/** A number from `min` to `max`, both included; `integer` refuses fractions. */
export interface NumberOption extends Described {
  type: 'number' | 'integer';
  default: Default<number>;
  min: number;
  max: number;
}

/** Two ascending numbers, both from `min` to `max`; `low,high` on the command line. */
export interface RangeOption extends Described {
  type: 'range';
  default: Default<readonly [number, number]>;
  min: number;
  max: number;
}

/** A few different numbers, each from `min` to `max`; `a,b,c` on the command line. */
export interface NumbersOption extends Described {
  type: 'numbers';
  default: Default<readonly number[]>;
  min: number;
  max: number;
  /** How many there may be. */
  most: number;
}

/** One of a few words. */
export interface ChoiceOption<Choice extends string = string> extends Described {
  type: 'choice';
  choices: readonly Choice[];
  default: Default<Choice>;
}

/** One of a few words, or the path of a folder, which has a slash: `./folder`. */
export interface NetworkOption<Choice extends string = string> extends Described {
  type: 'network';
  choices: readonly Choice[];
  default: Default<Choice>;
}

/** One of a few words, or the path of a file of options, which has a slash: `./file.json`. */
export interface RecipeOption<Choice extends string = string> extends Described {
  type: 'recipe';
  choices: readonly Choice[];
  default: Default<Choice>;
}

/** On or off. */
export interface BooleanOption extends Described {
  type: 'boolean';
  default: Default<boolean>;
}

/** The weights to start with: `true` for the published ones, `false` for random ones, or the path of a file or a run. */
export interface WeightsOption extends Described {
  type: 'weights';
  default: Default<boolean | string>;
}

export type Option =
  | NumberOption
  | RangeOption
  | NumbersOption
  | ChoiceOption
  | NetworkOption
  | RecipeOption
  | BooleanOption
  | WeightsOption;

/** Options by name. The name in camelCase is the property, and in kebab-case the flag. */
export type OptionTable = Readonly<Record<string, Option>>;

/** Options and groups of options, in the form of the API's calls: `{ epochs, augmentation: { flip } }`. */
export type OptionTree = Readonly<Record<string, Option | OptionTable>>;

/**
 * The values that a table or tree describes. A range is any array of numbers, since TypeScript takes a variable's `[0.4, 1]` for
 * one; it is checked when it is used.
 */
export type OptionValues<Tree extends OptionTree> = {
  -readonly [Name in keyof Tree]: Tree[Name] extends OptionTable
    ? OptionValues<Tree[Name]>
    : OptionValue<Tree[Name]>;
};

/** The same as a caller gives them: each may be left out, and `undefined` counts as left out. */
export type GivenValues<Table extends OptionTable> = {
  -readonly [Name in keyof Table]?: GivenValue<Table[Name]> | undefined;
};

// No alias of a union: editors would show its name in the place of the words that can be chosen.
type OptionValue<Declared> = Declared extends { default: undefined }
  ? GivenValue<Declared> | undefined
  : GivenValue<Declared>;

type GivenValue<Declared> = Declared extends { type: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : Declared extends { type: 'network' | 'recipe'; choices: readonly (infer Choice)[] }
    ? Choice | AnyText
    : Declared extends { type: 'boolean' }
      ? boolean
      : Declared extends { type: 'weights' }
        ? boolean | string
        : Declared extends { type: 'range' | 'numbers' }
          ? readonly number[]
          : number;

/** Beside words in a union, editors still show the words, which they would not beside `string`. */
type AnyText = string & {};

export function isOption(node: object): node is Option {
  return typeof (node as Option).type === 'string';
}

/** The options of a tree by their names, those in a group as `group.name`. */
export function optionsByName(tree: OptionTree): Map<string, Option> {
  const entries = Object.entries(tree).flatMap(([name, node]): [string, Option][] =>
    isOption(node)
      ? [[name, node]]
      : Object.entries(node).map(([inner, option]) => [`${name}.${inner}`, option]),
  );
  return new Map(entries);
}

/**
 * `given` with defaults for the other options; `undefined` counts as not given.
 *
 * @param owner the function or property that has these options
 * @throws InvalidInputError for a name that is not in the table, or a value outside its option's type or range.
 */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  given: GivenValues<Table> = {},
  owner = 'the options',
): OptionValues<Table> {
  checkKeys(owner, given, Object.keys(table));
  const entries = Object.entries(table).map(([name, option]) => {
    const value = (given as Record<string, unknown>)[name] ?? option.default;
    if (value !== undefined) {
      checkOption(name, option, value);
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as OptionValues<Table>;
}

/** Picks from `values` the options of `table`; one that is not given is `undefined`. */
export function pickOptions<Table extends OptionTable>(
  table: Table,
  values: GivenValues<Table>,
): Partial<OptionValues<Table>> {
  const names = Object.keys(table) as (keyof Table)[];
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Partial<
    OptionValues<Table>
  >;
}

/**
 * Checks `values` against each other. A default passes: it counts as not given. An option without a default is checked by its
 * owner.
 *
 * @throws InvalidInputError when an option is given that has no meaning with what another one chooses
 */
export function checkApplies(table: OptionTable, values: Readonly<Record<string, unknown>>): void {
  for (const [name, { appliesWith, default: preset }] of Object.entries(table)) {
    // As text: two ranges of the same numbers are equal.
    const isDefault = preset === undefined || String(values[name]) === String(preset);
    if (appliesWith === undefined || isDefault) {
      continue;
    }
    const { option, choices } = appliesWith;
    const chosen = values[option];
    if (!choices.includes(chosen as string)) {
      const why = `It is an option of ${option} ${choices.join(' and ')}: leave it out`;
      throw conflict(`${name} ${values[name]}`, `${option} ${chosen}`, why);
    }
  }
}

/** @throws InvalidInputError when `value` is outside the option's type or range. */
export function checkOption(name: string, option: Option, value: unknown): void {
  if (!accepts(option, value)) {
    const meant = 'choices' in option && typeof value === 'string' && meantBy(value, option);
    throw expected(describeValues(option), name, value, meant ? `Did you mean ${meant}?` : '');
  }
}

/** The valid value that `value` probably means: a path needs a slash to be one. */
const meantBy = (value: string, { type, choices }: ChoiceOption | NetworkOption | RecipeOption) =>
  type !== 'choice' && existsSync(value) ? asPath(value) : nearest(value, choices);

/** Whether a value of a {@link NetworkOption} or a {@link RecipeOption} is a path, not one of the words. */
export const isPath = (value: string): boolean => /[/\\]/.test(value);

/** The same path, written so that {@link isPath} knows it. */
export const asPath = (path: string): string => (isPath(path) ? path : `./${path}`);

/** The valid values of an option in words: `an integer from 1 to 64`. */
export function describeValues(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'network':
      return `one of ${option.choices.join(', ')}, or the path of a folder that import wrote (./FOLDER)`;
    case 'recipe':
      return `one of ${option.choices.join(', ')}, or the path of a file of options (./FILE.json)`;
    case 'range':
      return `two ascending numbers from ${option.min} to ${option.max}`;
    case 'numbers':
      return `at most ${option.most} different numbers from ${option.min} to ${option.max}`;
    case 'weights':
      return 'the path of a run or a weights file, true or false';
    default: {
      const kind = option.type === 'integer' ? 'an integer' : 'a number';
      return option.max === Number.POSITIVE_INFINITY || option.max === Number.MAX_SAFE_INTEGER
        ? `${kind} of at least ${option.min}`
        : `${kind} from ${option.min} to ${option.max}`;
    }
  }
}

function accepts(option: Option, value: unknown): boolean {
  switch (option.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'weights':
      return typeof value === 'boolean' || (typeof value === 'string' && value !== '');
    case 'choice':
      return option.choices.includes(value as string);
    case 'network':
    case 'recipe':
      return typeof value === 'string' && (option.choices.includes(value) || isPath(value));
    case 'range':
      return (
        Array.isArray(value) &&
        value.length === 2 &&
        value.every((end) => inside(option, end)) &&
        value[0] <= value[1]
      );
    case 'numbers':
      return (
        Array.isArray(value) &&
        value.length <= option.most &&
        value.every((each) => inside(option, each)) &&
        new Set(value).size === value.length
      );
    default:
      return inside(option, value) && (option.type === 'number' || Number.isInteger(value));
  }
}

function inside({ min, max }: { min: number; max: number }, value: unknown): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
