/** `bobbin synthesize`: draws a FashionAI-style data set. */

import type { Command } from 'commander';
import { shellWord } from '../../../dataset/index.js';
import { count } from '../../../plural.js';
import { withProgress } from '../../../report/index.js';
import { synthesize, synthesizeOptions } from '../../../synthetic/index.js';
import { print } from '../../../width.js';
import { addFlags, pickFlags } from '../../flags.js';

export function configure(command: Command): void {
  command
    .requiredOption('--out <folder>', 'folder for the images, labels and questions')
    .option('--tasks <names...>', 'only these tasks');
  addFlags(command, synthesizeOptions);
  command.action(async (flags: { out: string; tasks?: string[] }) => {
    const options = pickFlags(synthesizeOptions, flags);
    const { images, questions } = await withProgress((progress) =>
      synthesize(flags.out, {
        ...options,
        tasks: flags.tasks,
        onProgress: (done, total) => progress.update({ label: 'drawing garments', done, total }),
      }),
    );
    print(
      `${count(images, 'labelled image')} and ${count(questions, 'question')}. To prepare them:\n  \`npx bobbin prepare ${shellWord(flags.out)} --out data\``,
    );
  });
}
