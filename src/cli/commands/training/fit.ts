/** `bobbin fit`: from photos to the best model in the time given. */
import type { Command } from 'commander';
import { shellWord } from '../../../dataset/index.js';
import { expected } from '../../../errors.js';
import { withProgress } from '../../../report/index.js';
import { fitPhotos, fitPhotosOptions, leastBudget, usualBudget } from '../../../search/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { interruptible } from '../../process/interrupt.js';
import { secondsOf } from '../../search/duration.js';

export const options = fitPhotosOptions;

interface Flags {
  out: string;
  budget?: number;
  task?: string;
  networks?: string[];
}

export function configure(command: Command): void {
  command
    .argument('<photos>', 'labelled images in any layout that `prepare` reads')
    .requiredOption('--out <folder>', 'folder for the model, its scores, the log and the runs')
    .option(
      '--budget <time>',
      `time for all calls together, such as 5m, 30m or 1h30m, at least ${leastBudget}s (default: ${usualBudget / 60}m)`,
      budgetOf,
    )
    .option('--task <name>', 'the task, where the photos have labels for several')
    .option(
      '--networks <list>',
      'networks to choose from, with a comma between (default: those whose ImageNet weights are here)',
      (list: string) => list.split(',').map((name) => name.trim()),
    );
  command.action((photos: string, flags: Flags) =>
    interruptible('Stopped. Repeat the command to continue.', (signal) =>
      run(photos, flags, signal),
    ),
  );
}

function budgetOf(typed: string): number {
  const seconds = secondsOf(typed, '--budget');
  if (seconds < leastBudget) {
    throw expected(`at least ${leastBudget}s`, '--budget', typed);
  }
  return seconds;
}

async function run(photos: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { out, budget: budgetSeconds, task, networks } = flags;
  const { classifier, folder, scores, steps, wasFinished } = await withProgress((progress) =>
    fitPhotos({
      ...pickFlags(options, flags),
      ...{ photos, out, budgetSeconds, task, networks, signal },
      onProgress: (state) => progress.update({ name: 'fit', ...state }),
      onStep: progress.print,
    }),
  );
  classifier.model.dispose();
  if (wasFinished) {
    print(`${steps.at(-1)}\nNothing was left to do; a larger --budget goes on.`);
  }
  print(`  \`npx bobbin predict --run ${shellWord(folder)} PHOTO\``);
  if (scores.command !== undefined) {
    print(`  The training of the best network again: \`${scores.command}\``);
  }
}
