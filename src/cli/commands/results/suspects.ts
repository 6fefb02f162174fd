/** `bobbin suspects`: lists and draws images whose labels are probably wrong, from predictions of `evaluate`. */
import path from 'node:path';
import type { Command } from 'commander';
import { fileStamp, loadManifest } from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import { findSuspects, saveSuspects, type TaskSuspects } from '../../../evaluation/index.js';
import { drawSuspects, textTable } from '../../../report/index.js';
import { print, shorten } from '../../../width.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';

interface Flags extends ImagesFlag {
  data: string;
  out: string;
}

export function configure(command: Command): void {
  command
    .argument('<predictions...>', 'predictions.csv of `evaluate --predictions`, best of all folds')
    .requiredOption('--data <folder>', 'prepared data set that was evaluated')
    .requiredOption(
      '--out <folder>',
      'where suspects.csv and suspects.jpg of each task go, in a folder of its name',
    )
    .addOption(imagesFlag())
    .action(run);
}

async function run(predictions: string[], { data, out, images }: Flags): Promise<void> {
  await checkTarget(out, 'folder', '--out');
  for (const file of predictions) {
    if ((await fileStamp(file)) === undefined) {
      throw expected('an existing file', 'predictions', file);
    }
  }
  const manifest = await loadManifest(data, { images });
  const tasks = await findSuspects({ manifest, predictions });
  for (const suspects of tasks) {
    const folder = path.join(out, suspects.task);
    await saveSuspects(suspects, folder);
    await drawSuspects(suspects, folder);
    print(`Written to ${folder}: suspects.csv, suspects.jpg`);
  }
  print(`\n${textTable(['task', 'images', 'suspects', 'share'], tasks.map(cellsOf))}`);
  print('\nNo label was changed: look at the sheets, and correct the labels where you agree.');
}

/** With it, the table is narrower than 80 columns. */
const longestTask = 40;

function cellsOf({ task, images, suspects }: TaskSuspects): string[] {
  const share = `${((100 * suspects.length) / images).toFixed(1)} %`;
  return [shorten(task, longestTask), `${images}`, `${suspects.length}`, share];
}
