/** `bobbin serve`: answers predictions over HTTP until it is told to stop. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { runOptions } from '../../../model/index.js';
import { serve, serveOptions } from '../../../serve/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { answeringRuns, withAnswering } from '../../prediction/answering.js';
import { interruptible } from '../../process/interrupt.js';

export const options = { ...serveOptions, ...runOptions };

interface Flags {
  task?: string;
  host?: string;
}

export function configure(command: Command): void {
  command
    .argument('<run>', 'run of train, or the folder of an ensemble or of the runs of several tasks')
    .option(
      '--task <name>',
      'the task that is answered, where a run has several; by default, those of one network all are',
    )
    .option(
      '--host <address>',
      'address to listen on (default: 127.0.0.1, for programs of this machine alone). 0.0.0.0 lets every machine of its networks ask, without password or encryption: put a reverse proxy before it',
    );
  command.action(async (run: string, { task, host }: Flags, parsed: Command) => {
    const { epoch, ...values } = pickFlags(options, parsed.opts());
    const answering = await answeringRuns({ run: [run] }, { task, epoch, mean: values.mean });
    await interruptible('Stopped.', (signal) =>
      withAnswering(answering, async (classifiers) => {
        const server = await serve({ ...values, ...answering.averaged, classifiers, host });
        print(`Answers at ${server.url}/predict; Ctrl-C or SIGTERM ends it`);
        if (!signal.aborted) {
          await once(signal, 'abort');
        }
        await server.close();
        print('All accepted requests are answered');
      }),
    );
  });
}
