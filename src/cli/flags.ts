/** Turns options into flags, and a command's parsed flags back into checked option values. */
import { type Command, Option as Flag } from 'commander';
import {
  checkOption,
  describeValues,
  isOption,
  type Option,
  type OptionTree,
  type OptionValues,
  optionsByName,
} from '../options.js';

/** Adds one flag for each option of `tree`. Groups exist in files and calls only: flags have no groups. */
export function addFlags(command: Command, tree: OptionTree): Command {
  for (const [name, option] of optionsByName(tree)) {
    for (const flag of flagsOf(name, option)) {
      command.addOption(flag);
    }
  }
  return command;
}

/** Reads a whole number in a range from a flag. */
export const integerFlag = (flag: string, min: number, max: number) => (typed: string) => {
  const value = /^\d+$/.test(typed) ? Number(typed) : typed;
  checkOption(flag, { type: 'integer', default: min, min, max, help: '' }, value);
  return Number(value);
};

/** The values of the options of `tree`, from a command's parsed flags. */
export function pickFlags<Tree extends OptionTree>(tree: Tree, flags: object): OptionValues<Tree> {
  const entries = Object.entries(tree).map(([name, node]) => [
    name,
    isOption(node) ? (flags as Record<string, unknown>)[keyOf(name, node)] : pickFlags(node, flags),
  ]);
  return Object.fromEntries(entries) as OptionValues<Tree>;
}

/**
 * Where the options of `tree` that are not defaults are from, by their names: `flags`, or what {@link presetFlags} said.
 */
export function sourcesOfFlags(command: Command, tree: OptionTree): Record<string, string> {
  const sources = [...optionsByName(tree)].flatMap(([name, option]): [string, string][] => {
    const source = command.getOptionValueSource(keyOf(name, option));
    return source === undefined || source === 'default'
      ? []
      : [[name, source === 'cli' ? 'flags' : source]];
  });
  return Object.fromEntries(sources);
}

/** The parsed flags that the command line or a configuration file set, without defaults. */
export function givenFlags(command: Command): Record<string, unknown> {
  const isGiven = ([key]: [string, unknown]) => command.getOptionValueSource(key) !== 'default';
  return Object.fromEntries(Object.entries(command.opts()).filter(isGiven));
}

/**
 * Sets options to checked values, those that the command line set left alone. A file may serve several choices: an option
 * that has no meaning with the chosen ones is left out.
 *
 * @param source what has the values, in words
 */
export function presetFlags(
  command: Command,
  options: ReadonlyMap<string, Option>,
  values: ReadonlyMap<string, unknown>,
  source: string,
): void {
  const given = [...values].flatMap(([name, value]) => {
    const option = options.get(name);
    return option ? [{ name, option, value }] : [];
  });
  const depends = ({ option }: { option: Option }) => option.appliesWith !== undefined;
  for (const { name, option, value } of given.filter((each) => !depends(each))) {
    presetFlag(command, [name, option], value, source);
  }
  for (const { name, option, value } of given.filter(depends)) {
    const { option: other, choices } = option.appliesWith as NonNullable<Option['appliesWith']>;
    if (choices.includes(command.getOptionValue(keyOf(other, options.get(other) as Option)))) {
      presetFlag(command, [name, option], value, source);
    }
  }
}

function presetFlag(
  command: Command,
  [name, option]: [string, Option],
  value: unknown,
  source: string,
): void {
  const key = keyOf(name, option);
  if (command.getOptionValueSource(key) === 'cli') {
    return;
  }
  command.setOptionValueWithSource(key, value, source);
}

/** `batchSize` as `batch-size`, `memoryMB` as `memory-mb`, `augmentation.flip` as `flip`. */
function flagName(name: string, option: Option): string {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return option.flag ?? last.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`);
}

/** A flag as help shows it: its name, or for true and false the form that changes the default. */
export function shownFlag(name: string, option: Option): string {
  const isOn = option.type === 'boolean' && option.default === true;
  return `--${isOn ? 'no-' : ''}${flagName(name, option)}`;
}

/** Commander's name for an option's value. */
const keyOf = (name: string, option: Option): string =>
  new Flag(`--${flagName(name, option)}`).attributeName();

function flagsOf(name: string, option: Option): Flag[] {
  const flag = flagName(name, option);
  const { help, default: preset } = option;
  if (option.type === 'boolean') {
    const text = preset ? `turn off: ${help}` : help;
    const shown = new Flag(shownFlag(name, option), withDefault(text, option));
    // The other form is useful only to override a configuration file.
    const other = new Flag(preset ? `--${flag}` : `--no-${flag}`).hideHelp();
    return [shown.default(preset), other];
  }
  if (option.type === 'weights') {
    const given = new Flag(`--${flag} <run or file>`, withDefault(help, option))
      .default(preset)
      .argParser((path) => parse(flag, option, path));
    return [given, new Flag(`--no-${flag}`, 'random weights instead')];
  }
  const placeholder = {
    choice: 'word',
    network: 'name or folder',
    recipe: 'name or file',
    range: 'low,high',
    numbers: 'a,b,…',
    integer: 'n',
    number: 'x',
  }[option.type];
  return [
    new Flag(
      `--${flag} <${placeholder}>`,
      withDefault(`${help}; ${describeValues(option)}`, option),
    )
      .default(preset, describeDefault(option))
      .argParser((given) => parse(flag, option, given)),
  ];
}

/** Commander shows the default itself, except one that depends on another option. */
const withDefault = (text: string, option: Option): string =>
  option.default === undefined ? `${text} (default: ${describeDefault(option)})` : text;

const round = (value: number) => Number(value.toPrecision(4));

/** The default in the form in which a user writes it. */
export function describeDefault({ defaultHelp, default: preset }: Option): string {
  return defaultHelp ?? (Array.isArray(preset) ? preset.map(round).join(',') : `${preset}`);
}

function parse(flag: string, option: Option, given: string): unknown {
  const value = convert(option, given);
  checkOption(`--${flag}`, option, value);
  return value;
}

function convert(option: Option, given: string): unknown {
  const isList = option.type === 'range' || option.type === 'numbers';
  if (!isList && option.type !== 'number' && option.type !== 'integer') {
    return given;
  }
  const numbers = (isList ? given.split(',') : [given]).map(numberOf);
  if (numbers.some(Number.isNaN)) {
    // The error shows the text as it was typed.
    return given;
  }
  return isList ? numbers : numbers[0];
}

/** Number('') is 0: an empty value must not pass for one. */
const numberOf = (typed: string): number => (typed.trim() === '' ? Number.NaN : Number(typed));
