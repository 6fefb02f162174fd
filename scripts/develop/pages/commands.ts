/** docs/commands: a page for each command, made from what the command itself declares, and a list of them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Option as Flag } from 'commander';
import { describeDefault, shownFlag } from '../../../src/cli/flags.js';
import { commandNames, commandOptions, createProgram } from '../../../src/cli/program.js';
import { RepeatableFlag, type UsageCommand } from '../../../src/cli/usage/command.js';
import { examples } from '../../../src/cli/usage/examples.js';
import {
  describeValues,
  type Option,
  type OptionTree,
  optionsByName,
} from '../../../src/options.js';
import { furtherReading } from './further-reading.js';
import { cellOf, tableOf } from './table.js';

/** The folders of src/cli/commands in the order of the list, each with its title. */
const groups: Readonly<Record<string, string>> = {
  'set-up': 'Set up and measure',
  data: 'Prepare data',
  training: 'Train',
  results: 'Look at results',
  answers: 'Predict and submit',
  use: 'Put to use',
};

/** A reader of the page does not need it. */
const written = '<!-- Written by `npm run docs` from the command itself. -->';

/** A declared option of a command: its name, as `group.name` if it is in a group, and its declaration. */
type Declared = readonly [name: string, option: Option];

/** All pages by their path from `docs`. */
export async function commandPages(): Promise<Map<string, string>> {
  const options = await commandOptions();
  const pages = new Map<string, string>();
  const descriptions = new Map<string, string>();
  for (const name of commandNames) {
    const program = await createProgram([name]);
    const command = program.commands.find((each) => each.name() === name) as UsageCommand;
    descriptions.set(name, command.description());
    pages.set(`commands/${name}.md`, commandPage(command, options.get(name) ?? {}));
  }
  pages.set('commands/README.md', listOf(descriptions));
  return pages;
}

/** The list of all commands, by what they serve. */
function listOf(descriptions: ReadonlyMap<string, string>): string {
  const folder = fileURLToPath(new URL('../../../src/cli/commands', import.meta.url));
  const sections = readdirSync(folder).map((group) => {
    const files = new Set(readdirSync(`${folder}/${group}`));
    const names = commandNames.filter((name) => files.has(`${name}.ts`));
    const rows = names.map((name) => [
      `[${name}](${name}.md)`,
      cellOf(descriptions.get(name) as string),
    ]);
    const title = groups[group];
    if (title === undefined) {
      throw new Error(`Expected a title for src/cli/commands/${group} in commands.ts`);
    }
    return { title, text: `## ${title}\n\n${tableOf([['command', 'what it does'], ...rows])}` };
  });
  const order = Object.values(groups);
  sections.sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title));
  const introduction = `# Commands\n\n${written}\n\n\`npx bobbin COMMAND --help\` shows the page of a command in a terminal.\n`;
  return [introduction, ...sections.map(({ text }) => text)].join('\n');
}

/** The page of one command. */
function commandPage(command: UsageCommand, tree: OptionTree): string {
  const name = command.name();
  const declared = declaredFlags(tree);
  const visible = command.options.filter(({ hidden }) => !hidden);
  const own = visible.filter(({ long }) => !declared.has(long as string));
  const sections = [
    `# ${name}\n\n${written}\n`,
    `${sentenceOf(command.description())}\n`,
    `\`\`\`\n${usageOf(command)}\n\`\`\`\n`,
    examplesOf(name),
    argumentsOf(command),
    ownFlagsOf(own, command.dueFlags),
    ...declaredSections(visible, declared),
    furtherReadingOf(name),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

const sentenceOf = (text: string) =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;

function usageOf(command: UsageCommand): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const due = command.dueFlags.map(({ flags }) => flags);
  return ['npx bobbin', command.name(), ...words, ...due, '[options]'].join(' ');
}

function examplesOf(name: string): string {
  const own = examples[name] ?? [];
  const lines = own.map((example) => `npx bobbin ${example}\n`);
  return own.length === 0 ? '' : `## Examples\n\n\`\`\`sh\n${lines.join('')}\`\`\`\n`;
}

function argumentsOf({ registeredArguments }: UsageCommand): string {
  const rows = registeredArguments.map((argument) => [
    `\`${argument.name()}\``,
    argument.required ? 'yes' : 'no',
    cellOf(argument.description),
  ]);
  return rows.length === 0
    ? ''
    : `## Arguments\n\n${tableOf([['argument', 'must be given', 'meaning'], ...rows])}`;
}

/** The flags that no configuration file sets. */
function ownFlagsOf(flags: readonly Flag[], due: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const [meaning = '', preset = ownDefault(flag)] = flag.description.split(/ \(default: (.+)\)$/);
    return [
      `\`${flag.flags}\``,
      due.includes(flag) ? 'must be given' : preset,
      cellOf(meaning + (flag instanceof RepeatableFlag ? '; may be repeated' : '')),
    ];
  });
  return `## Flags\n\n${tableOf([['flag', 'default', 'meaning'], ...rows])}`;
}

const ownDefault = ({ defaultValue, defaultValueDescription }: Flag): string =>
  defaultValueDescription ??
  (defaultValue === undefined || defaultValue === false ? '' : `\`${defaultValue}\``);

/** Declared options by their flags: both `--name` and `--no-name`, where there are two. */
function declaredFlags(tree: OptionTree): Map<string, Declared> {
  const entries = [...optionsByName(tree)].flatMap(([name, option]): [string, Declared][] => {
    const shown = shownFlag(name, option);
    const other = shown.replace(/^--/, '--no-');
    return [shown, other].map((flag) => [flag, [name, option]]);
  });
  return new Map(entries);
}

/** The options that a configuration file may set, too: a table, and one for each group. */
function declaredSections(
  visible: readonly Flag[],
  declared: ReadonlyMap<string, Declared>,
): string[] {
  const byGroup = new Map<string, string[][]>();
  for (const flag of visible) {
    const found = declared.get(flag.long as string);
    if (found) {
      const [group = ''] = found[0].includes('.') ? found[0].split('.') : [''];
      byGroup.set(group, [...(byGroup.get(group) ?? []), rowOf(flag, found)]);
    }
  }
  const header = ['flag', 'default', 'values', 'meaning'];
  return [...byGroup].flatMap(([group, rows]) => [
    group === '' ? optionsTitle : groupTitle(group),
    tableOf([header, ...rows]),
  ]);
}

const optionsTitle =
  '## Options\n\nA [configuration file](../options.md), `--config`, may have these, too: `--batch-size` as `batchSize`.\n';

const groupTitle = (group: string) =>
  `## Options of ${group}\n\nIn a configuration file, these are in the group \`${group}\`.\n`;

function rowOf({ flags, long, description }: Flag, [name, option]: Declared): string[] {
  if (long !== shownFlag(name, option)) {
    return [`\`${flags}\``, '', '', cellOf(description)];
  }
  const key = name.slice(name.indexOf('.') + 1);
  const asKey = long
    .replace(/^--(no-)?/, '')
    .replace(/-./g, ([, letter = '']) => letter.toUpperCase());
  const meaning =
    option.type === 'boolean' && option.default === true ? `turn off: ${option.help}` : option.help;
  return [
    `\`${flags}\``,
    cellOf(describeDefault(option)),
    cellOf(describeValues(option)),
    cellOf(meaning) + (key === asKey ? '' : `; in a file \`${key}\``),
  ];
}

function furtherReadingOf(name: string): string {
  const links = (furtherReading[name] ?? []).map(
    ([title, target]) => `- [${title}](../${target})\n`,
  );
  return links.length === 0 ? '' : `## Read on\n\n${links.join('')}`;
}
