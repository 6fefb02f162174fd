/** `bobbin score`: scores predictions of `evaluate` from their files alone, with intervals. */
import type { Command } from 'commander';
import { fileStamp, loadManifest } from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import { saveScores, scoreOptions, scorePredictions } from '../../../evaluation/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { calibrationText, scoredTaskText, scoredText } from '../../tables/scored-text.js';

interface Flags {
  labels?: string;
  data?: string;
  out?: string;
}

export const options = scoreOptions;

export function configure(command: Command): void {
  command
    .argument(
      '<predictions...>',
      'predictions.csv of `evaluate --predictions`, of one task or more',
    )
    .option(
      '--labels <file>',
      'labels in the place of those in the predictions: CSV with path,task,label',
    )
    .option(
      '--data <folder>',
      'prepared data set whose labels take the place of those in the predictions',
    )
    .option('--out <folder>', 'where scores.json and score-classes.csv go')
    .action(run);
}

async function run(predictions: string[], flags: Flags): Promise<void> {
  const { labels, data, out } = flags;
  if (out !== undefined) {
    await checkTarget(out, 'folder', '--out');
  }
  for (const file of [...predictions, ...(labels === undefined ? [] : [labels])]) {
    if ((await fileStamp(file)) === undefined) {
      throw expected('an existing file', file === labels ? '--labels' : 'predictions', file);
    }
  }
  const scored = await scorePredictions({
    ...pickFlags(options, flags),
    predictions,
    labels,
    manifest: data === undefined ? undefined : await loadManifest(data),
  });
  for (const task of scored.tasks) {
    print(`${scoredTaskText(task)}\n`);
  }
  print(scoredText(scored));
  if (scored.tasks.some(({ calibrated }) => calibrated !== undefined)) {
    print(`\n${calibrationText(scored.tasks)}`);
  }
  if (out !== undefined) {
    await saveScores(scored, out);
    print(`\nWritten to ${out}: scores.json, score-classes.csv`);
  }
}
