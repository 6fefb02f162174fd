/** `bobbin find-lr`: the learning-rate range test of each task's training, with its curve and a suggested rate. */
import path from 'node:path';
import type { Command } from 'commander';
import { loadManifest } from '../../../dataset/index.js';
import { drawRangeTest, type ProgressReporter, withProgress } from '../../../report/index.js';
import { findLearningRate, rangeTestOptions, saveRangeTest } from '../../../training/index.js';
import { print } from '../../../width.js';
import { givenFlags, pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { interruptible } from '../../process/interrupt.js';
import { chosenGroups, namesOf, togetherHelp } from '../../runs.js';
import { trainingOptions } from '../../training/options.js';

interface Flags extends ImagesFlag {
  data: string;
  out: string;
  task?: string;
  together?: string | true;
}

// The test sets the rate itself.
const { learningRate: _, ...shaping } = trainingOptions;

export const options = { ...shaping, ...rangeTestOptions };

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'prepared data set')
    .addOption(imagesFlag())
    .option('--out <folder>', 'folder for TASK.png and TASK.csv, the curves', 'learning-rates')
    .option('--task <name>', 'test only this task')
    .option('--together [groups]', togetherHelp);
  command.action((flags: Flags) =>
    interruptible('Stopped. Curves of finished tasks stay.', (signal) =>
      withProgress((progress) => run(command, flags, { signal, progress })),
    ),
  );
}

async function run(
  command: Command,
  flags: Flags,
  { signal, progress }: { signal: AbortSignal; progress: ProgressReporter },
): Promise<void> {
  const { data, images, out } = flags;
  const manifest = await loadManifest(data, { images });
  const given = pickFlags(options, givenFlags(command));
  const { steps: total } = pickFlags(rangeTestOptions, flags);
  const groups = chosenGroups(manifest, flags);
  for (const [index, name] of namesOf(groups).entries()) {
    const test = await findLearningRate({
      ...given,
      manifest,
      tasks: groups[index],
      signal,
      onPoint: ({ step: done, learningRate, smoothedLoss: loss }) =>
        progress.update({ name, label: `rate ${learningRate.toPrecision(2)}`, done, total, loss }),
    });
    const [picture, table] = ['png', 'csv'].map((kind) => path.join(out, `${name}.${kind}`));
    await drawRangeTest(test, picture as string, `${name}: losses at growing learning rates`);
    await saveRangeTest(test, table as string);
    progress.end();
    const { suggestion, reason } = test;
    const advice = suggestion === undefined ? '' : `--learning-rate ${suggestion.toPrecision(2)}. `;
    print(`${name}: ${advice}${reason}\n  Curve: ${picture}, ${table}`);
  }
}
