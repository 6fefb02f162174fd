/** All commands under one name; only the one that runs is loaded, so that `setup` needs nothing it has yet to bring. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';

/** What a command's file exports: it adds arguments, flags and the action. */
interface CommandModule {
  configure(command: Command): void;
}

interface Entry {
  description: string;
  load: () => Promise<CommandModule>;
}

/** In the order of the work. */
const entries: Record<string, Entry> = {
  setup: {
    description: 'build the native addon and fetch TensorFlow and the pretrained weights',
    load: () => import('./setup.js'),
  },
  doctor: {
    description: 'list each part with its version and origin, and what to do about what is missing',
    load: () => import('./doctor.js'),
  },
  synthesize: {
    description: 'draw a FashionAI-style data set: eight attribute tasks with labels and questions',
    load: () => import('./synthesize.js'),
  },
  prepare: {
    description:
      'read class folders, shards, Parquet or a FashionAI layout into one manifest with a seeded split',
    load: () => import('./prepare.js'),
  },
  preview: {
    description: 'draw images of a data set and what augmentation makes of them',
    load: () => import('./preview.js'),
  },
  train: {
    description: 'train one classifier per task; continues with --resume',
    load: () => import('./train.js'),
  },
  evaluate: {
    description: 'score trained classifiers on the validation split',
    load: () => import('./evaluate.js'),
  },
  predict: {
    description: 'predict images, or answer the questions of a data set with a submission',
    load: () => import('./predict.js'),
  },
  submit: {
    description:
      'prepare, train every task, predict, ensemble, write and verify; continues when repeated',
    load: () => import('./submit.js'),
  },
  verify: {
    description: 'check a submission row by row; exit code 2 when it has problems',
    load: () => import('./verify.js'),
  },
  bench: {
    description: 'measure the loader on a folder of images and say what to change',
    load: () => import('./bench.js'),
  },
  demo: {
    description: 'submit on synthesized data, ending with the scores per task',
    load: () => import('./demo.js'),
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
    if (name === chosen) (await load()).configure(command);
    command.option('--debug', 'print the stack of an error');
  }
  return program;
}
