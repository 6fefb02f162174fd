/** All commands under one name; only the one that runs is loaded, so that `setup` needs nothing it has yet to bring. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type OptionTree, optionsByName } from '../options.js';
import { readConfig } from './config.js';
import { addFlags, presetFlag } from './flags.js';

/** What a command's file exports. */
interface CommandModule {
  /** Adds arguments, flags of the command's own and the action. */
  configure(command: Command): void;
  /** What a configuration file may say as well as flags. */
  options?: OptionTree;
}

interface Entry {
  description: string;
  load: () => Promise<CommandModule>;
}

/** In the order of the work. */
const entries: Record<string, Entry> = {
  setup: {
    description: 'build the native addon and fetch TensorFlow and the pretrained weights',
    load: () => import('./commands/setup.js'),
  },
  doctor: {
    description: 'list each part with its version and origin, and what to do about what is missing',
    load: () => import('./commands/doctor.js'),
  },
  synthesize: {
    description: 'draw a FashionAI-style data set: eight attribute tasks with labels and questions',
    load: () => import('./commands/synthesize.js'),
  },
  prepare: {
    description: 'read labelled images of any layout into one manifest with a seeded split',
    load: () => import('./commands/prepare.js'),
  },
  preview: {
    description: 'draw images of a data set and what augmentation makes of them',
    load: () => import('./commands/preview.js'),
  },
  train: {
    description: 'train one classifier per task; continues with --resume',
    load: () => import('./commands/train.js'),
  },
  evaluate: {
    description: 'score trained classifiers on the validation split',
    load: () => import('./commands/evaluate.js'),
  },
  predict: {
    description: 'predict images, or answer the questions of a data set with a submission',
    load: () => import('./commands/predict.js'),
  },
  submit: {
    description:
      'prepare, train every task, predict, ensemble, write and verify; continues when repeated',
    load: () => import('./commands/submit.js'),
  },
  verify: {
    description: 'check a submission row by row; exit code 2 when it has problems',
    load: () => import('./commands/verify.js'),
  },
  bench: {
    description: 'measure the loader on a folder of images and say what to change',
    load: () => import('./commands/bench.js'),
  },
  demo: {
    description: 'submit on synthesized data, ending with the scores per task',
    load: () => import('./commands/demo.js'),
  },
};

/** The program for one command line; `words` are the arguments after the program's name. */
export async function createProgram(words: string[]): Promise<Command> {
  const { version, description } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const program = new Command('bobbin')
    .description(description)
    .version(version)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 an error, 2 verify found problems, 130 stopped by Ctrl-C.',
    );
  const chosen = words.find((word) => word in entries);
  for (const [name, { description, load }] of Object.entries(entries)) {
    const command = program.command(name).description(description);
    if (name === chosen) {
      const { configure, options } = await load();
      configure(command);
      if (options) {
        addOptions(command, options);
      }
    }
    command.option('--debug', 'print the stack of an error');
  }
  return program;
}

/** The options of every command that a configuration file may have, by command. */
export async function commandOptions(): Promise<Map<string, OptionTree>> {
  const all = new Map<string, OptionTree>();
  for (const [name, { load }] of Object.entries(entries)) {
    const { options } = await load();
    if (options) {
      all.set(name, options);
    }
  }
  return all;
}

/** A flag for each option, and --config: flags win over the file, the file over defaults. */
function addOptions(command: Command, options: OptionTree): void {
  const help = 'file of options, such as config.json of a run; flags win over it';
  addFlags(command, options).option('--config <file>', help);
  command.hook('preAction', async () => {
    const { config } = command.opts<{ config?: string }>();
    if (config === undefined) {
      return;
    }
    const own = optionsByName(options);
    // One file may serve every command: what only others take is checked and left alone.
    const others = [...(await commandOptions()).values()].flatMap((each) => [
      ...optionsByName(each),
    ]);
    for (const [name, value] of await readConfig(config, new Map([...others, ...own]))) {
      const option = own.get(name);
      if (option) {
        presetFlag(command, [name, option], value);
      }
    }
  });
}
