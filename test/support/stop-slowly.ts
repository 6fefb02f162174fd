/** A command in a separate process that, once it is asked to stop, needs three seconds to save. */
import { setTimeout } from 'node:timers/promises';
import { endWith } from '../../src/cli/process/exit.js';
import { interruptible } from '../../src/cli/process/interrupt.js';
import { watchOutput } from '../../src/cli/process/output.js';

watchOutput();
try {
  await interruptible('Stopped with a checkpoint.', async (signal) => {
    console.log('ready');
    while (!signal.aborted) {
      await setTimeout(10);
    }
    for (let i = 0; i < 30; i++) {
      await setTimeout(100);
      console.error('saving');
    }
    console.log('saved');
    throw signal.reason;
  });
} catch (error) {
  endWith(error, false);
}
