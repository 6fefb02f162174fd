/** `bobbin submit`: from a source folder to a checked submission in one command. */
import type { Command } from 'commander';
import { prepareOptions } from '../dataset/index.js';
import { withProgress } from '../report/index.js';
import { submit, submitOptions } from '../submission/index.js';
import { addFlags, pickFlags } from './flags.js';
import { interruptible } from './interrupt.js';
import { addModelFlags, pickModelFlags } from './model-flags.js';
import { createObserver, showResult } from './submit-report.js';

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'source folder of a FashionAI layout')
    .requiredOption('--out <folder>', 'where everything made on the way and the submission go');
  addFlags(command, prepareOptions);
  addFlags(command, submitOptions);
  addModelFlags(command);
  command.action(async (flags: { data: string; out: string }) => {
    const training = pickModelFlags(flags);
    const request = {
      ...{ source: flags.data, out: flags.out, training },
      ...pickFlags(prepareOptions, flags),
      ...pickFlags(submitOptions, flags),
    };
    const result = await interruptible(
      'Stopped with a checkpoint. Repeat the command to go on.',
      (signal) =>
        withProgress((progress) =>
          submit({ ...request, signal, observer: createObserver(request, progress) }),
        ),
    );
    showResult(result);
  });
}
