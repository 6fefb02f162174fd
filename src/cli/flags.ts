/** Turns option tables into flags, and a command's parsed flags back into checked option values. */
import { type Command, Option as Flag, InvalidArgumentError } from 'commander';
import {
  checkOption,
  describeValues,
  type Option,
  type OptionTable,
  type OptionValues,
} from '../options.js';

/** Adds one flag per option of `table`; `defaults` replace the table's own for this command. */
export function addFlags<Table extends OptionTable>(
  command: Command,
  table: Table,
  defaults: Partial<OptionValues<Table>> = {},
): Command {
  for (const [name, option] of Object.entries(table)) {
    const preset = (defaults as Record<string, Option['default']>)[name] ?? option.default;
    command.addOption(toFlag(name, option, preset));
  }
  return command;
}

/** The values of `table` among a command's parsed flags. */
export function pickFlags<Table extends OptionTable>(
  table: Table,
  flags: object,
): OptionValues<Table> {
  const entries = Object.keys(table).map((name) => [
    name,
    (flags as Record<string, unknown>)[new Flag(`--${kebab(name)}`).attributeName()],
  ]);
  return Object.fromEntries(entries) as OptionValues<Table>;
}

/** `batchSize` as `batch-size`, `memoryMB` as `memory-mb`. */
const kebab = (name: string): string =>
  name.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`);

function toFlag(name: string, option: Option, preset: Option['default']): Flag {
  const flag = kebab(name);
  if (option.type === 'boolean') {
    const form = preset === true ? `--no-${flag}` : `--${flag}`;
    return new Flag(form, preset === true ? `turn off: ${option.help}` : option.help).default(
      preset,
    );
  }
  const placeholder = { choice: 'word', range: 'low,high', integer: 'n', number: 'x' }[option.type];
  return new Flag(`--${flag} <${placeholder}>`, `${option.help}; ${describeValues(option)}`)
    .default(preset, Array.isArray(preset) ? preset.join(',') : `${preset}`)
    .argParser((given) => parse(flag, option, given));
}

function parse(flag: string, option: Option, given: string): unknown {
  const value = convert(option, given);
  try {
    checkOption(`--${flag}`, option, value);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return value;
}

function convert(option: Option, given: string): unknown {
  // Number('') is 0: an empty value must not pass for one.
  const number = (digits: string) => (digits.trim() === '' ? Number.NaN : Number(digits));
  if (option.type === 'choice') return given;
  return option.type === 'range' ? given.split(',').map(number) : number(given);
}
