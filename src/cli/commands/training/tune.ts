/** `bobbin tune`: searches the options of each task's training, and writes the best ones as recipes. */
import type { Command } from 'commander';
import { loadManifest } from '../../../dataset/index.js';
import { expected } from '../../../errors.js';
import { type ProgressReporter, withProgress } from '../../../report/index.js';
import {
  type ParameterName,
  parameterNames,
  searchTrainOptions,
  spaceHelp,
  tune,
  tuneOptions,
} from '../../../search/index.js';
import { print } from '../../../width.js';
import { givenFlags, pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { interruptible } from '../../process/interrupt.js';
import { chosenTasks } from '../../runs.js';
import { secondsOf } from '../../search/duration.js';
import { describeResult, describeTuned, drawTuned } from '../../search/tune-report.js';
import { trainingOptions } from '../../training/options.js';

interface Flags extends ImagesFlag {
  data: string;
  out: string;
  task?: string;
  budget?: number;
  networks?: string[];
  leaveOut?: ParameterName[];
}

// A search trains on training images alone.
const { trainOn: _, ...ownTraining } = trainingOptions;

export const options = { ...ownTraining, ...searchTrainOptions, ...tuneOptions };

const names = (list: string): string[] => list.split(',').map((name) => name.trim());

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'prepared data set')
    .requiredOption(
      '--out <folder>',
      'folder for TASK.json (the recipe), TASK.csv, TASK.png, and the log and runs in TASK',
    )
    .addOption(imagesFlag())
    .option('--task <name>', 'tune only this task')
    .option(
      '--budget <time>',
      'time for all tasks together, such as 90s, 30m or 1h30m; each has the same share',
      (typed) => secondsOf(typed, '--budget'),
    )
    .option(
      '--networks <list>',
      'networks to choose from, with a comma between (default: those whose ImageNet weights are here)',
      names,
    )
    .option(
      '--leave-out <list>',
      `parameters that are not searched, with a comma between. All of them: ${spaceHelp}. What is given as a flag is not searched`,
      leftOut,
    );
  command.action((flags: Flags) =>
    interruptible('Stopped. Repeat the command to continue.', (signal) =>
      withProgress((progress) => run(command, flags, { signal, progress })),
    ),
  );
}

function leftOut(list: string): string[] {
  const unknown = names(list).find((name) => !parameterNames.includes(name as ParameterName));
  if (unknown !== undefined) {
    throw expected(`words of ${parameterNames.join(', ')}`, '--leave-out', unknown);
  }
  return names(list);
}

async function run(
  command: Command,
  { data, images, out, task: chosen, budget, networks, leaveOut }: Flags,
  { signal, progress }: { signal: AbortSignal; progress: ProgressReporter },
): Promise<void> {
  const manifest = await loadManifest(data, { images });
  const given = pickFlags(options, givenFlags(command));
  const tasks = chosenTasks(manifest, chosen);
  const budgetSeconds = budget && budget / tasks.length;
  for (const { name: task } of tasks) {
    const running = new Map<string, string>();
    const tuned = await tune({
      ...given,
      ...{ manifest, task, out, networks, leaveOut, budgetSeconds, signal },
      onProgress({ label, secondsLeft, ...state }) {
        const name = trialName(state);
        running.set(name, `${name} ${label}`);
        progress.update({
          ...state,
          ...(secondsLeft !== undefined && { secondsLeft }),
          name: task,
          label: [...running.values()].join(', '),
        });
      },
      onResult(line) {
        running.delete(trialName({ ...line, isCheck: line.event === 'check' }));
        progress.print(`${task}: ${describeResult(line)}`);
      },
    });
    progress.end();
    await drawTuned(tuned, out);
    print(describeTuned(tuned, { data, out }));
  }
}

const trialName = ({ trial, isCheck }: { trial: number; isCheck: boolean }): string =>
  `${isCheck ? 'check of ' : ''}trial ${trial}`;
