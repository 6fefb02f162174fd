/** All commands. Only the command that runs is loaded, so that `setup` works before the parts that it installs. */
import type { Command } from 'commander';
import { readOptions } from '../disk/index.js';
import { type OptionTree, optionsByName } from '../options.js';
import { description, version } from '../version.js';
import { ensureSetUp } from './first-use.js';
import { addFlags, presetFlags } from './flags.js';
import { UsageCommand } from './usage/command.js';
import { examplesText, orderText, welcome } from './usage/examples.js';

/** The exports of a command's file. */
interface CommandModule {
  /** Adds the command's arguments, its own flags and its action. */
  configure(command: Command): void;
  /** Options that a configuration file may set, too. */
  options?: OptionTree;
}

interface Entry {
  description: string;
  /** Whether it always computes with the addon; then Bobbin is set up first. */
  computes?: true;
  load: () => Promise<CommandModule>;
}

/** The commands by name, in the order of the work. */
const entries: Record<string, Entry> = {
  setup: {
    description: 'install what Bobbin needs: TensorFlow, pretrained weights, the native addon',
    load: () => import('./commands/set-up/setup.js'),
  },
  doctor: {
    description: 'list each part with its version and origin, and how to get the missing ones',
    load: () => import('./commands/set-up/doctor.js'),
  },
  models: {
    description: 'list networks with their size, work and accuracy; fetch pretrained weights',
    computes: true,
    load: () => import('./commands/set-up/models.js'),
  },
  synthesize: {
    description: 'draw a FashionAI-style data set: eight attribute tasks with labels and questions',
    load: () => import('./commands/data/synthesize.js'),
  },
  prepare: {
    description: 'read labelled images of any layout into one manifest with a seeded split',
    load: () => import('./commands/data/prepare.js'),
  },
  import: {
    description: 'turn a network of ONNX, Keras, tfjs or a hub into a folder to train from',
    computes: true,
    load: () => import('./commands/data/import.js'),
  },
  preview: {
    description: 'draw images of a data set beside their augmented views',
    computes: true,
    load: () => import('./commands/data/preview.js'),
  },
  'find-lr': {
    description: 'try growing learning rates on each task, draw the losses and suggest a rate',
    computes: true,
    load: () => import('./commands/training/find-lr.js'),
  },
  train: {
    description: 'train one classifier for each task; --resume continues',
    computes: true,
    load: () => import('./commands/training/train.js'),
  },
  launch: {
    description: 'run a command in several processes that work together; restarts all if one fails',
    load: () => import('./commands/training/launch.js'),
  },
  tune: {
    description:
      'search the best options for each task in the time given; the same command continues',
    computes: true,
    load: () => import('./commands/training/tune.js'),
  },
  fit: {
    description: 'from photos to the best model in the time given; the same command continues',
    computes: true,
    load: () => import('./commands/training/fit.js'),
  },
  evaluate: {
    description: 'score trained classifiers on the validation split',
    computes: true,
    load: () => import('./commands/results/evaluate.js'),
  },
  score: {
    description: 'score predictions from their file alone, with 95 % intervals',
    load: () => import('./commands/results/score.js'),
  },
  report: {
    description:
      'write a page about runs: scores, curves, mistakes, the data set; compares several',
    computes: true,
    load: () => import('./commands/results/report.js'),
  },
  suspects: {
    description: 'list and draw images whose labels are probably wrong, from predictions',
    load: () => import('./commands/results/suspects.js'),
  },
  'average-checkpoints': {
    description: 'merge the weights of several runs, or of epochs of one, into one model',
    computes: true,
    load: () => import('./commands/training/average-checkpoints.js'),
  },
  ensemble: {
    description: 'choose how much each of several runs counts in the mean of their predictions',
    computes: true,
    load: () => import('./commands/results/ensemble.js'),
  },
  predict: {
    description: 'predict images, or answer the questions of a data set with a submission',
    computes: true,
    load: () => import('./commands/answers/predict.js'),
  },
  submit: {
    description:
      'prepare, train every task, predict, average, write and verify; the same command continues',
    computes: true,
    load: () => import('./commands/answers/submit.js'),
  },
  verify: {
    description: 'check every row of a submission; exit code 2 if it has problems',
    load: () => import('./commands/answers/verify.js'),
  },
  export: {
    description: 'write a trained model for other programs, such as a page for the browser',
    computes: true,
    load: () => import('./commands/use/export.js'),
  },
  serve: {
    description: 'answer predictions over HTTP: JSON, multipart or an image',
    computes: true,
    load: () => import('./commands/use/serve.js'),
  },
  bench: {
    description: 'measure the loader on a folder of images and advise what to change',
    computes: true,
    load: () => import('./commands/set-up/bench.js'),
  },
  demo: {
    description: 'run submit on synthesized data and show the scores of each task',
    computes: true,
    load: () => import('./commands/set-up/demo.js'),
  },
};

const exitCodes = `Exit codes: 0 success; 1 error, or an image that predict could not read;
2 problems found by verify, by import in what a network computes,
or by train --overfit;
130, 143, 129 stopped by Ctrl-C, SIGTERM, SIGHUP; serve ends with 0
if it has answered what it had accepted.`;

/** The names of all commands, in the order of the work. */
export const commandNames: readonly string[] = Object.keys(entries);

/** The program for one command line. `words` are the arguments after the program's name. */
export async function createProgram(words: string[]): Promise<Command> {
  const program = new UsageCommand('bobbin').description(description).version(version);
  const chosen = words.find((word) => word in entries);
  for (const [name, { description: what, computes, load }] of Object.entries(entries)) {
    const command = program.command(name).description(what);
    if (name === chosen) {
      const { configure, options } = await load();
      configure(command);
      command.addHelpText('after', examplesText(name));
      if (options) {
        addOptions(command, options);
      }
      if (computes) {
        command.hook('preAction', ensureSetUp);
      }
    }
    command.option('--debug', 'print the stack of an error');
  }
  return words.length === 0
    ? program.action(() => console.log(welcome))
    : program.addHelpText('after', `\n${orderText}\n\n${exitCodes}`);
}

/** For each command the options that a configuration file may set. */
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

/**
 * Adds a flag for each option, and --config. A flag overrides the file, and the file overrides the recipe, if there is one, and the
 * default.
 */
function addOptions(command: Command, options: OptionTree): void {
  const help = 'file of options, such as config.json of a run; flags override it';
  addFlags(command, options).option('--config <file>', help);
  command.hook('preAction', async () => {
    const { config } = command.opts<{ config?: string }>();
    if (config === undefined) {
      return;
    }
    const own = optionsByName(options);
    // One file may serve every command: options of other commands are checked and ignored.
    const others = [...(await commandOptions()).values()].flatMap((each) => [
      ...optionsByName(each),
    ]);
    const known = new Map([...others, ...own]);
    const name = '--config';
    presetFlags(command, own, await readOptions(config, known, name), `${name} ${config}`);
  });
}
