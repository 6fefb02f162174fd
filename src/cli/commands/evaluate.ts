/** `bobbin evaluate`: scores the classifiers of a run on the validation split. */
import path from 'node:path';
import type { Command } from 'commander';
import { changeOptions, loadManifest } from '../../dataset/index.js';
import { type Evaluation, evaluate, saveEvaluation } from '../../evaluation/index.js';
import { classifyOptions } from '../../prediction/index.js';
import { drawEvaluation, type ProgressReporter, withProgress } from '../../report/index.js';
import { warnOfChanges } from '../data-changes.js';
import { pickFlags } from '../flags.js';
import { chosenTasks, openClassifier } from '../runs.js';
import { classTable, scoreTable } from '../scores.js';
import { warnUnreadable } from '../unreadable.js';

interface Flags {
  data: string;
  run: string;
  task?: string;
}

export const options = { ...classifyOptions, ...changeOptions };

export function configure(command: Command): void {
  command
    .requiredOption('--data <folder>', 'prepared data set')
    .requiredOption(
      '--run <folder>',
      'run folder of train; scores and pictures go beside each model',
    )
    .option('--task <name>', 'only this task');
  command.action((flags: Flags) => withProgress((progress) => run(flags, progress)));
}

async function run(flags: Flags, progress: ProgressReporter): Promise<void> {
  const manifest = await loadManifest(flags.data);
  const { checkHashes, ...values } = pickFlags(options, flags);
  const evaluations: Evaluation[] = [];
  const tasks = chosenTasks(manifest, flags.task).map(({ name }) => name);
  await warnOfChanges({ manifest, tasks, part: 'validation', checkHashes }, progress.print);
  for (const task of tasks) {
    const classifier = await openClassifier(flags.run, task);
    const evaluation = await evaluate({
      ...values,
      classifier,
      manifest,
      task,
      onProgress: (state) => progress.update({ label: task, ...state }),
    });
    progress.end();
    classifier.model.dispose();
    warnUnreadable(evaluation.failures, 'left out of the scores');
    await saveEvaluation(evaluation, path.join(flags.run, task));
    await drawEvaluation(evaluation, path.join(flags.run, task));
    evaluations.push(evaluation);
  }
  for (const evaluation of evaluations) {
    console.log(`${classTable(evaluation)}\n`);
  }
  console.log(scoreTable(evaluations));
}
