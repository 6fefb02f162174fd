/** Options declared once as a table (type, default, range, help): checked here, and made into flags by the commands. */
import { expected } from './errors.js';

/** A number from `min` to `max`, both included; `integer` refuses fractions. */
export interface NumberOption {
  type: 'number' | 'integer';
  default: number;
  min: number;
  max: number;
  help: string;
}

/** Two ascending numbers, both from `min` to `max`; `low,high` on the command line. */
export interface RangeOption {
  type: 'range';
  default: readonly [number, number];
  min: number;
  max: number;
  help: string;
}

/** One of a few words. */
export interface ChoiceOption<Choice extends string = string> {
  type: 'choice';
  choices: readonly Choice[];
  default: Choice;
  help: string;
}

/** On or off. */
export interface BooleanOption {
  type: 'boolean';
  default: boolean;
  help: string;
}

export type Option = NumberOption | RangeOption | ChoiceOption | BooleanOption;

/** Options by name; the name in camelCase is the property, in kebab-case the flag. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The values that a table describes. */
export type OptionValues<Table extends OptionTable> = {
  -readonly [Name in keyof Table]: OptionValue<Table[Name]>;
};

type OptionValue<Declared> = Declared extends { type: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : Declared extends { type: 'boolean' }
    ? boolean
    : Declared extends { type: 'range' }
      ? [number, number]
      : number;

/**
 * `given` with defaults filled in; `undefined` counts as not given.
 *
 * Throws InvalidInputError for a name that is not in the table or a value out of its type or range.
 */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  given: Partial<OptionValues<Table>> = {},
): OptionValues<Table> {
  for (const name of Object.keys(given)) {
    if (!(name in table)) throw expected(`one of ${Object.keys(table).join(', ')}`, 'option', name);
  }
  const entries = Object.entries(table).map(([name, option]) => {
    const value = (given as Record<string, unknown>)[name] ?? option.default;
    checkOption(name, option, value);
    return [name, value];
  });
  return Object.fromEntries(entries) as OptionValues<Table>;
}

/** Throws InvalidInputError unless `value` is what `option` declares. */
export function checkOption(name: string, option: Option, value: unknown): void {
  if (!accepts(option, value)) throw expected(describeValues(option), name, value);
}

/** The values an option takes, in words: `an integer from 1 to 64`. */
export function describeValues(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'range':
      return `two ascending numbers from ${option.min} to ${option.max}`;
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
    case 'choice':
      return option.choices.includes(value as string);
    case 'range':
      return (
        Array.isArray(value) &&
        value.length === 2 &&
        value.every((end) => inside(option, end)) &&
        value[0] <= value[1]
      );
    default:
      return inside(option, value) && (option.type === 'number' || Number.isInteger(value));
  }
}

function inside({ min, max }: { min: number; max: number }, value: unknown): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
