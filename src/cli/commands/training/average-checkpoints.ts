/** `bobbin average-checkpoints`: merges the weights of several runs, or of several epochs of one, into one model. */
import type { Command } from 'commander';
import { loadManifest } from '../../../dataset/index.js';
import { averageCheckpoints, checkAverageFolder, saveAverage } from '../../../evaluation/index.js';
import { runOptions } from '../../../model/index.js';
import { count } from '../../../plural.js';
import { type ProgressReporter, withProgress } from '../../../report/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { candidateTable } from '../../tables/scores.js';

interface Flags extends ImagesFlag {
  out: string;
  data?: string;
  task?: string;
}

export const options = { ...runOptions };

export function configure(command: Command): void {
  command
    .argument('<runs...>', 'runs of train, or folders of models such as best and kept/epoch-000004')
    .requiredOption('--out <folder>', 'new folder for the model, which commands take as a run')
    .option(
      '--data <folder>',
      'prepared data set of their training: its validation images choose the members (default: all are members)',
    )
    .addOption(imagesFlag())
    .option('--task <name>', 'the task to average, where a run has several');
  command.action((runs: string[], flags: Flags) =>
    withProgress((progress) => run(runs, flags, progress)),
  );
}

async function run(runs: string[], flags: Flags, progress: ProgressReporter): Promise<void> {
  const { out, data, task, images } = flags;
  await checkAverageFolder(out, '--out');
  const manifest = data === undefined ? undefined : await loadManifest(data, { images });
  const average = await averageCheckpoints({
    ...pickFlags(options, flags),
    runs,
    task,
    manifest,
    onProgress: ({ folder, ...state }) => progress.update({ label: folder, ...state }),
  });
  progress.end();
  using _classifier = average.classifier;
  if (average.accuracy !== undefined) {
    print(candidateTable(average.candidates));
  }
  await saveAverage(average, out);
  const members = average.candidates.filter(({ isMember }) => isMember).length;
  print(`Written to ${out}: model and average.json, the average of ${count(members, 'model')}`);
}
