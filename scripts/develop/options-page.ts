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

A flag overrides the file, the file overrides the recipe (\`--recipe\`), and the recipe overrides the default. One file
can serve all commands: each command reads the options that it has. \`train\` writes its options to \`config.json\` in the run's
folder: \`npx bobbin train --data data --run again --config run/TASK/config.json\` repeats the run, and
\`npx bobbin preview data --config …\` draws its augmentation, always at 224 pixels. Threads, memory and the failure budget
depend on the machine and are not in the file.

\`train --resume\` takes the options of the run that it continues: only \`--data\` and \`--run\` are due, and one that is given must
be the same. \`epochs\` alone may differ, also after the run has ended. The rest of the run then follows the learning rates of the
new number: 6 epochs and 3 more are not the same as 9, since the rate has fallen to 0 once before. \`model\` has the weights of
the last epoch, which \`submit\` uses, and \`best\` those of the epoch with the highest validation accuracy.
`;

/** An option that a section of the page describes. */
interface Described {
  title: string;
  name: string;
  option: Option;
}

/** The content of the page. */
export async function optionsPage(): Promise<string> {
  const described: Described[] = [];
  const sections = [...(await commandOptions())].map(([title, tree]) =>
    sectionOf({ title, tree, flags: true }, described),
  );
  const tree = { ...loaderOptions, augmentation: augmentationOptions };
  sections.push(sectionOf({ title: 'createLoader', tree, flags: false }, described));
  return [introduction, ...sections].join('\n');
}

interface Section {
  title: string;
  tree: OptionTree;
  /** Whether the options are flags, too. */
  flags: boolean;
}

/** A table of the options that no earlier section describes, and the names of the others by section; `described` grows. */
function sectionOf({ title, tree, flags }: Section, described: Described[]): string {
  const cells: string[][] = [];
  const elsewhere = new Map<string, Set<string>>();
  for (const [name, option] of optionsByName(tree)) {
    const before = described.find(
      (each) => each.name === name && isDeepStrictEqual(each.option, option),
    );
    if (before) {
      const names = elsewhere.get(before.title) ?? new Set();
      elsewhere.set(before.title, names.add(name.replace(/\..*/, '')));
      continue;
    }
    described.push({ title, name, option });
    const values = [describeDefault(option), describeValues(option), option.help];
    cells.push([`\`${name}\``, ...(flags ? [`\`${shownFlag(name, option)}\``] : []), ...values]);
  }
  const header = ['option', ...(flags ? ['flag'] : []), 'default', 'values', 'meaning'];
  const table = cells.length === 0 ? '' : tableOf([header, ...cells]);
  const rest = [...elsewhere].map(([place, names]) => {
    return `- for \`${place}\`: ${[...names].map((name) => `\`${name}\``).join(', ')}\n`;
  });
  const others = rest.length === 0 ? '' : `Options that are described above:\n\n${rest.join('')}`;
  const parts = [`## ${title}\n`, table, others];
  return parts.filter((part) => part !== '').join('\n');
}

/** Rows in Markdown, the first one the header, padded as the formatter does. */
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
