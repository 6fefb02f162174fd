/** `bobbin evaluate`: scores trained runs, one or the mean of several, on the validation split. */
import path from 'node:path';
import type { Command } from 'commander';
import { clusterOptions } from '../../../cluster/index.js';
import { changeOptions, loadManifest, type Manifest } from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { missing } from '../../../errors.js';
import {
  type Evaluation,
  evaluate,
  meansOf,
  saveEvaluation,
  type TaskResamples,
} from '../../../evaluation/index.js';
import { type Epoch, type Run, recordOf, runOptions } from '../../../model/index.js';
import { count } from '../../../plural.js';
import { type ClassifyOptions, classifyOptions } from '../../../prediction/index.js';
import { drawEvaluation, withProgress } from '../../../report/index.js';
import { print } from '../../../width.js';
import { addClusterFlags, type ClusterFlags } from '../../cluster/flags.js';
import { type Part, withPart } from '../../cluster/part.js';
import { warnOfChanges } from '../../data-changes.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { type Answering, answeringRuns, withAnswering } from '../../prediction/answering.js';
import { addRunFlags, checkRuns, type RunFlags } from '../../run-flags.js';
import { chosenTasks } from '../../runs.js';
import { classScoreTable, scoreTable } from '../../tables/scores.js';
import { warnUnreadable } from '../../unreadable.js';

interface Flags extends RunFlags, ImagesFlag, ClusterFlags {
  data: string;
  task?: string;
  out?: string;
  predictions?: boolean;
}

export const options = { ...runOptions, ...classifyOptions, ...changeOptions, ...clusterOptions };

export function configure(command: Command): void {
  addClusterFlags(addRunFlags(command.requiredOption('--data <folder>', 'prepared data set')))
    .addOption(imagesFlag())
    .option('--task <name>', 'only this task')
    .option(
      '--out <folder>',
      'where the scores and pictures of each task go, in a folder of its name (default: the run itself)',
    )
    .option(
      '--predictions',
      'also write predictions.csv: the labels, the fold and the probabilities of each image',
    );
  command.action(async (flags: Flags) => {
    await checkFlags(flags);
    await withProgress((progress) => withPart(flags, progress, (part) => run(flags, part)));
  });
}

/** The work on each task. */
interface Work {
  flags: Flags;
  manifest: Manifest;
  epoch: Epoch;
  values: ClassifyOptions;
  part: Part;
  /** Gets the scores of each task, and of its resamples. */
  onResampled: (resampled: TaskResamples) => void;
}

async function run(flags: Flags, part: Part): Promise<void> {
  const manifest = await loadManifest(flags.data, { images: flags.images });
  const { checkHashes, epoch } = pickFlags({ ...changeOptions, ...runOptions }, flags);
  const values = pickFlags(classifyOptions, flags);
  const tasks = chosenTasks(manifest, flags.task).map(({ name }) => name);
  // A fold has images of both splits.
  const split = manifest.folds === undefined ? ('validation' as const) : undefined;
  await warnOfChanges({ manifest, tasks, part: split, checkHashes }, part.progress.print);
  const evaluations: Evaluation[] = [];
  const resampled: TaskResamples[] = [];
  const onResampled = (found: TaskResamples) => resampled.push(found);
  for (const task of tasks) {
    const work = { flags, manifest, epoch, values, part, onResampled };
    evaluations.push(await evaluateTask(task, work));
  }
  if (!part.isChief) {
    return;
  }
  print(scoreTable(evaluations, meansOf(resampled)));
  for (const { task, images, failures } of evaluations.filter((each) => each.failures.length > 0)) {
    const all = count(images + failures.length, 'image');
    const sentence = `! ${failures.length} of ${all} of ${task} could not be read: its scores are of ${images}`;
    print(sentence, process.stderr);
  }
}

async function checkFlags(flags: Flags): Promise<void> {
  checkRuns(flags);
  if (flags.run.length > 1 && flags.out === undefined) {
    const remedy = 'The scores of several runs belong to none of them: for example --out scores';
    throw missing('a folder', '--out', remedy);
  }
  if (flags.out !== undefined) {
    await checkTarget(flags.out, 'folder', '--out');
  }
}

/** Scores a task, shows and saves the scores, and says where they are. */
async function evaluateTask(task: string, work: Work): Promise<Evaluation> {
  const { flags, manifest, epoch, values, part, onResampled } = work;
  const { mean } = values;
  const answering = await answeringRuns(flags, { manifest, task, epoch, mean });
  const { own, runs, averaged } = answering;
  const folder = flags.out === undefined ? ownFolder(own, task) : path.join(flags.out, task);
  const table = flags.predictions ? ['predictions.csv'] : [];
  const evaluation = await withAnswering(answering, (classifiers) =>
    evaluate({
      ...values,
      ...averaged,
      classifiers,
      manifest,
      task,
      predictions: table.map((name) => path.join(folder, name))[0],
      onResampled,
      onProgress: part.follow(task),
    }),
  );
  part.progress.end();
  if (!part.isChief) {
    return evaluation;
  }
  warnUnreadable(evaluation.failures, 'left out of the scores');
  print(classScoreTable(evaluation));
  for (const each of runs) {
    await tellEpoch(each, answering.epoch, { hasChoice: own === runs[0] });
  }
  await saveEvaluation(evaluation, folder);
  const pictures = await drawEvaluation(evaluation, folder);
  print(
    `Written to ${folder}: ${['evaluation.json', 'classes.csv', ...table, ...pictures].join(', ')}\n`,
  );
  return evaluation;
}

/** Where a run or an ensemble keeps the scores of a task: one of several tasks has a folder for each. */
const ownFolder = ({ folder, tasks }: Answering['own'], task: string): string =>
  tasks.length > 1 ? path.join(folder, task) : folder;

/** Says which weights were scored, and which epoch was the best in training; members of an ensemble have no other choice. */
async function tellEpoch(
  run: Run,
  chosen: Epoch,
  { hasChoice }: { hasChoice: boolean },
): Promise<void> {
  const { epoch: scored } = await recordOf(run, chosen);
  const { epoch: best } = await recordOf(run, 'best');
  if (scored === undefined) {
    return;
  }
  const other =
    best === undefined || best === scored || !hasChoice
      ? ''
      : `; the best in training: epoch ${best} (--epoch best)`;
  print(`Weights of ${run.folder}: epoch ${scored} (${chosen})${other}`);
}
