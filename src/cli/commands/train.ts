/** `bobbin train`: trains one classifier for each task, each in its own folder of the run. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { changeOptions, loadManifest, type Manifest } from '../../dataset/index.js';
import { ifPresent } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { count } from '../../plural.js';
import { type ProgressReporter, withProgress } from '../../report/index.js';
import { type EpochRecord, type TrainResult, taskOfRun, train } from '../../training/index.js';
import { print } from '../../width.js';
import { warnOfChanges } from '../data-changes.js';
import { pickFlags } from '../flags.js';
import { interruptible } from '../interrupt.js';
import { type ImagesFlag, imagesFlag } from '../open-dataset.js';
import { chosenTasks } from '../runs.js';
import { trainingOptions } from '../training-options.js';
import { createEpochReport, reportRun } from '../training-report.js';

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
      'continue from the checkpoints of an earlier call with the same options; only --epochs may differ',
    );
  command.action((flags: Flags) =>
    interruptible(
      'Stopped with a checkpoint. Repeat the command with --resume to continue.',
      (signal) => withProgress((progress) => run(flags, signal, progress)),
    ),
  );
}

async function run(flags: Flags, signal: AbortSignal, progress: ProgressReporter): Promise<void> {
  const manifest = await loadManifest(flags.data, { images: flags.images });
  const { checkHashes, ...training } = pickFlags(options, flags);
  const tasks = chosenTasks(manifest, flags.task).map(({ name }) => name);
  const folders = await runFolders(flags, manifest, tasks);
  await warnOfChanges({ manifest, tasks, checkHashes }, progress.print);
  const report = createEpochReport(progress.print);
  for (const { task, folder } of folders) {
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
    if (!(result.wasFinished && hasPictures(folder))) {
      await reportRun({ manifest, task, run: folder, result, augmentation, seed });
    }
    result.classifier.model.dispose();
    print(describeEnd(task, folder, result));
  }
  report.end();
}

const hasPictures = (run: string): boolean =>
  ['curves.png', 'augmentation.jpg'].every((name) => existsSync(path.join(run, name)));

/**
 * The folder of each task's run: that of its name in `run`, or `run` itself if it is the run of the task already.
 *
 * @throws InvalidInputError when `run` is the run of another task, or has none to resume but runs of tasks that the data set
 *   does not have.
 */
async function runFolders(
  { run, resume = false }: Flags,
  manifest: Manifest,
  tasks: string[],
): Promise<{ task: string; folder: string }[]> {
  const own = await taskOfRun(run);
  if (own !== undefined) {
    const other = tasks.find((task) => task !== own);
    if (other !== undefined) {
      const remedy = `It is the run of task ${own}: ${wayOut(own, manifest, 'name another folder')}`;
      throw expected(`a folder for the run of task ${other}`, '--run', run, remedy);
    }
    return [{ task: own, folder: run }];
  }
  const trained = resume ? await trainedTasks(run) : [];
  const unknown = trained.filter((name) => manifest.tasks.every((task) => task.name !== name));
  const absent = tasks.find((task) => !trained.includes(task));
  if (unknown.length > 0 && absent !== undefined) {
    const way = wayOut(unknown[0] as string, manifest, 'begin without --resume');
    const remedy = `It has the runs of other tasks, ${unknown.join(', ')}: ${way}`;
    throw expected(`a run of task ${absent} to resume`, '--run', run, remedy);
  }
  return tasks.map((task) => ({ task, folder: path.join(run, task) }));
}

/** What to do about a run of a task that the data set calls otherwise, or does not have. */
function wayOut(task: string, { tasks }: Manifest, other: string): string {
  if (tasks.some(({ name }) => name === task)) {
    return `choose --task ${task}, or ${other}`;
  }
  return tasks.length > 1 ? other : `prepare the data with --name ${task}, or ${other}`;
}

/** The tasks of the runs in `folder`. */
async function trainedTasks(folder: string): Promise<string[]> {
  const entries = (await ifPresent(readdir(folder, { withFileTypes: true }))) ?? [];
  const folders = entries.filter((entry) => entry.isDirectory());
  const tasks = await Promise.all(folders.map(({ name }) => taskOfRun(path.join(folder, name))));
  return tasks.filter((task) => task !== undefined);
}

/** The accuracy of the last and of the best epoch, and how to use their weights. */
function describeEnd(task: string, run: string, result: TrainResult): string {
  const { history, best, wasFinished } = result;
  const last = history.at(-1) as EpochRecord;
  const use = `  npx bobbin predict --run ${run} PHOTO`;
  const other = best?.epoch === last.epoch ? undefined : best;
  const rank = other ? `, best ${scoreOf(other)}` : best && ', the best';
  return [
    ...(wasFinished ? [`${task}: nothing was left to do; --epochs N trains longer`] : []),
    last.validationAccuracy === undefined
      ? `${task}: ${count(last.epoch, 'epoch')} trained, none validated`
      : `${task}: validation accuracy ${scoreOf(last)}${rank ?? ''}`,
    other ? `${use} (--epoch best: epoch ${other.epoch})` : use,
  ].join('\n');
}

const scoreOf = ({ epoch, validationAccuracy = 0 }: EpochRecord): string =>
  `${(100 * validationAccuracy).toFixed(1)} % after epoch ${epoch}`;
