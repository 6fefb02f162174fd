/** `bobbin train`: trains one classifier for each task, each in its own folder of the run. */
import type { Command } from 'commander';
import { changeOptions, loadManifest, taskOf } from '../../dataset/index.js';
import { type ProgressReporter, withProgress } from '../../report/index.js';
import { resumedOptions, taskOfRun, train } from '../../training/index.js';
import { print } from '../../width.js';
import { warnOfChanges } from '../data-changes.js';
import { givenFlags, pickFlags } from '../flags.js';
import { interruptible } from '../interrupt.js';
import { type ImagesFlag, imagesFlag } from '../open-dataset.js';
import { chosenTasks, describeStart, trainingFolders } from '../runs.js';
import { trainingOptions } from '../training-options.js';
import { createEpochReport, describeEnd, evaluateHint, reportRun } from '../training-report.js';

interface Flags extends ImagesFlag {
  data: string;
  run: string;
  task?: string;
  resume?: boolean;
}

export const options = { ...trainingOptions, ...changeOptions };

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'prepared data set')
    .requiredOption(
      '--run <folder>',
      'folder for history, checkpoints and models, with one folder for each task',
    )
    .addOption(imagesFlag())
    .option('--task <name>', 'train only this task')
    .option(
      '--resume',
      'continue from the checkpoints of an earlier call, with its options; only --epochs may differ',
    );
  command.action((flags: Flags) =>
    interruptible(
      'Stopped with a checkpoint. Repeat the command with --resume to continue.',
      (signal) =>
        withProgress((progress) => run({ flags, given: givenFlags(command), signal, progress })),
    ),
  );
}

interface Work {
  flags: Flags;
  /** Those of `flags` that are not defaults. */
  given: Partial<Flags>;
  signal: AbortSignal;
  progress: ProgressReporter;
}

async function run({ flags, given, signal, progress }: Work): Promise<void> {
  const manifest = await loadManifest(flags.data, { images: flags.images });
  const { checkHashes, ...values } = pickFlags(options, flags);
  const tasks = chosenTasks(manifest, flags.task).map(({ name }) => name);
  const folders = await trainingFolders(flags, manifest, tasks);
  await warnOfChanges({ manifest, tasks, checkHashes }, progress.print);
  const report = createEpochReport(progress.print);
  let validated = false;
  for (const { task, folder } of folders) {
    const resumed =
      flags.resume && (await resumedOptions(folder, pickFlags(trainingOptions, given)));
    const training = { ...values, ...resumed };
    if ((await taskOfRun(folder)) === undefined) {
      for (const line of await describeStart(training.model, [taskOf(manifest, task)])) {
        progress.print(line.startsWith('!') ? line : `${task}: ${line}`);
      }
    }
    const result = await train({
      ...training,
      manifest,
      task,
      run: folder,
      resume: flags.resume,
      signal,
      onAugment: ({ reason }) => progress.print(`${task}: ${reason}`),
      onProgress: (state) => progress.update({ ...state, name: task }),
      onEpoch: (record) => report.add(task, record, training.epochs),
    });
    progress.end();
    if (!result.finished) {
      throw signal.reason;
    }
    const { augmentation, seed } = training;
    await reportRun({ manifest, task, run: folder, result, augmentation, seed });
    result.classifier.model.dispose();
    print(describeEnd(task, folder, result));
    validated ||= result.history.at(-1)?.validationAccuracy !== undefined;
  }
  report.end();
  if (validated) {
    print(evaluateHint(flags));
  }
}
