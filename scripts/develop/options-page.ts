/** Writes docs/options.md from the tables that options are declared in: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { describeDefault, shownFlag } from '../../src/cli/flags.js';
import { commandOptions } from '../../src/cli/program.js';
import { describeValues, type Option, type OptionTree, optionsByName } from '../../src/options.js';
import { augmentationOptions, loaderOptions } from '../../src/pipeline/index.js';

const page = fileURLToPath(new URL('../../docs/options.md', import.meta.url));

const introduction = `# Options

Written by \`npm run docs\` from the tables in \`src/\`.

An option is a flag of the command, a key of a configuration file, and a property of the call that the command makes:
\`--blur-sigma 0.1,2\` is \`augmentation.blurSigma\`. \`--config FILE\` reads a file of the same form as that call, JSON in which
comments may stand:

\`\`\`json
{
  "epochs": 12,
  "model": { "size": 128 },
  "augmentation": { "area": [0.4, 1], "rotation": 10 }
}
\`\`\`

A flag wins over the file, the file over the default. What a file does not say keeps its default. One file may serve all
commands: each takes the options that it has. A training leaves its own in \`config.json\` of the run's folder, so
\`npx bobbin train --data data --run again --config run/TASK/config.json\` repeats it, and \`npx bobbin preview data --config …\`
draws its augmentation, at 224 pixels whatever the model's size. Threads, memory and the failure budget belong to the machine
and are not in it.
`;

/** An option as a section of the page has told it. */
interface Told {
  title: string;
  name: string;
  option: Option;
}

/** The page as it has to be. */
export async function optionsPage(): Promise<string> {
  const told: Told[] = [];
  const sections = [...(await commandOptions())].map(([title, tree]) =>
    sectionOf({ title, tree, flags: true }, told),
  );
  const tree = { ...loaderOptions, augmentation: augmentationOptions };
  sections.push(sectionOf({ title: 'createLoader', tree, flags: false }, told));
  return [introduction, ...sections].join('\n');
}

interface Section {
  title: string;
  tree: OptionTree;
  /** Whether the options are flags, too. */
  flags: boolean;
}

/** A table of what no section before has told in the same form, and where the rest is; `told` grows. */
function sectionOf({ title, tree, flags }: Section, told: Told[]): string {
  const cells: string[][] = [];
  const elsewhere = new Map<string, Set<string>>();
  for (const [name, option] of optionsByName(tree)) {
    const before = told.find(
      (each) => each.name === name && isDeepStrictEqual(each.option, option),
    );
    if (before) {
      const names = elsewhere.get(before.title) ?? new Set();
      elsewhere.set(before.title, names.add(name.replace(/\..*/, '')));
      continue;
    }
    told.push({ title, name, option });
    const values = [describeDefault(option), describeValues(option), option.help];
    cells.push([`\`${name}\``, ...(flags ? [`\`${shownFlag(name, option)}\``] : []), ...values]);
  }
  const header = ['option', ...(flags ? ['flag'] : []), 'default', 'values', 'what it is'];
  const table = cells.length === 0 ? '' : tableOf([header, ...cells]);
  const rest = [...elsewhere].map(([place, names]) => {
    return `- for \`${place}\`: ${[...names].map((name) => `\`${name}\``).join(', ')}\n`;
  });
  const others = rest.length === 0 ? '' : `The others are told above:\n\n${rest.join('')}`;
  const parts = [`## ${title}\n`, table, others];
  return parts.filter((part) => part !== '').join('\n');
}

/** Rows in Markdown, the first one the header, in columns as the formatter wants them. */
function tableOf([header = [], ...rows]: string[][]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const lines = [header, widths.map((width) => '-'.repeat(width)), ...rows].map((row) => {
    return `| ${row.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |\n`;
  });
  return lines.join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, await optionsPage());
}
