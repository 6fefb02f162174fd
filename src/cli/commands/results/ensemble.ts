/** `bobbin ensemble`: chooses how much each of several runs counts in the mean of their predictions. */
import type { Command } from 'commander';
import { loadManifest } from '../../../dataset/index.js';
import { type ChosenEnsemble, chooseEnsemble, ensembleOptions } from '../../../evaluation/index.js';
import { runOptions } from '../../../model/index.js';
import { count } from '../../../plural.js';
import { checkEnsembleFolder, classifyOptions, saveEnsemble } from '../../../prediction/index.js';
import { type ProgressReporter, textTable, withProgress } from '../../../report/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { chosenTasks } from '../../runs.js';

interface Flags extends ImagesFlag {
  data: string;
  out: string;
  task?: string;
}

export const options = { ...ensembleOptions, ...runOptions, ...classifyOptions };

export function configure(command: Command): void {
  command
    .argument(
      '<runs...>',
      'runs of train; a folder that has a run for each fold of the data is one candidate',
    )
    .requiredOption('--data <folder>', 'prepared data set whose validation images choose')
    .requiredOption('--out <folder>', 'new folder for ensemble.json, which commands take as a run')
    .addOption(imagesFlag())
    .option('--task <name>', 'only this task');
  command.action((runs: string[], flags: Flags) =>
    withProgress((progress) => run(runs, flags, progress)),
  );
}

async function run(runs: string[], flags: Flags, progress: ProgressReporter): Promise<void> {
  const { data, out, task, images } = flags;
  await checkEnsembleFolder(out, '--out');
  const manifest = await loadManifest(data, { images });
  const values = pickFlags(options, flags);
  const tasks: ChosenEnsemble[] = [];
  for (const { name } of chosenTasks(manifest, task)) {
    const ensemble = await chooseEnsemble({
      ...values,
      ...{ runs, manifest, task: name },
      onProgress: ({ folder, ...state }) => progress.update({ label: folder, ...state }),
    });
    progress.end();
    print(tablesOf(ensemble));
    tasks.push(ensemble);
  }
  const { epoch, mean = 'arithmetic' } = values;
  await saveEnsemble({ epoch, mean, tasks }, out);
  print(`Written to ${out}: ensemble.json, for --run of evaluate and predict`);
  print(
    'The images that chose the weights score the ensemble too well: score it on another split or fold',
  );
}

/** The candidates with their weights, and the score of the ensemble as it grew. */
function tablesOf({ task, chosen }: ChosenEnsemble): string {
  const { metric, images, candidates, steps } = chosen;
  const header = ['run', `${metric} alone`, 'temperature', 'weight'];
  const rows = candidates.map(({ folder, alone, temperature, weight }) => [
    folder,
    alone.toFixed(4),
    temperature.toFixed(2),
    weight.toFixed(3),
  ]);
  const growth = steps.map(({ candidate, score }, index) => [
    `${index + 1}`,
    candidates[candidate]?.folder ?? '',
    score.toFixed(4),
  ]);
  return [
    `${task}: ${metric} on ${count(images, 'image')}`,
    textTable(header, rows),
    '',
    textTable(['members', 'added', metric], growth),
  ].join('\n');
}
