/** docs/options.md: configuration files, and the options of loaders, which no command has. */
import { describeDefault } from '../../../src/cli/flags.js';
import { describeValues, optionsByName } from '../../../src/options.js';
import { augmentationOptions, loaderOptions } from '../../../src/pipeline/index.js';
import { cellOf, tableOf } from './table.js';

const introduction = `# Options

Written by \`npm run docs\` from the tables in \`src/\`. Each command's options have their own page: [commands](commands/README.md).

## Configuration files

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

## Options of a run that is resumed

\`train --resume\` takes the options of the run that it continues: only \`--data\` and \`--run\` are due, and one that is given must
be the same. \`epochs\` alone may differ, also after the run has ended. The rest of the run then follows the learning rates of the
new number: 6 epochs and 3 more are not the same as 9, since the rate has fallen to 0 once before. \`model\` has the weights of
the last epoch, which \`submit\` uses, and \`best\` those of the epoch with the highest validation accuracy.

## createLoader

These are properties of the call in a program: [programs.md](programs.md) has an example.
`;

/** The content of the page. */
export function optionsPage(): string {
  const tree = { ...loaderOptions, augmentation: augmentationOptions };
  const rows = [...optionsByName(tree)].map(([name, option]) => [
    `\`${name}\``,
    cellOf(describeDefault(option)),
    cellOf(describeValues(option)),
    cellOf(option.help),
  ]);
  return `${introduction}\n${tableOf([['option', 'default', 'values', 'meaning'], ...rows])}`;
}
