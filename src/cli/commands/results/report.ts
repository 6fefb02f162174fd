/** `bobbin report`: writes a page about runs: scores, curves, mistakes, where the network looked, and the data set. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadManifest, shellWord } from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { givenTwice } from '../../../errors.js';
import { runOptions } from '../../../model/index.js';
import { type ProgressReporter, withProgress, writeReport } from '../../../report/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';

interface Flags extends ImagesFlag {
  data?: string;
  out: string;
}

export const options = runOptions;

export function configure(command: Command): void {
  command
    .argument(
      '<runs...>',
      'runs of train, or folders with the runs of several tasks; several are compared',
    )
    .option(
      '--data <folder>',
      'prepared data set: with it the page has photos, and says what is wrong with them',
    )
    .addOption(imagesFlag())
    .option('--out <file>', 'the page', 'report.html');
  command.action((runs: string[], flags: Flags) =>
    withProgress((progress) => run(runs, flags, progress)),
  );
}

async function run(runs: string[], flags: Flags, progress: ProgressReporter): Promise<void> {
  const { data, images, out } = flags;
  const twice = runs.find((folder, index) => runs.indexOf(folder) < index);
  if (twice !== undefined) {
    throw givenTwice(`The run ${twice}`);
  }
  await checkTarget(out, 'file', '--out');
  const manifest = data === undefined ? undefined : await loadManifest(data, { images });
  await writeReport(
    {
      ...{ runs, manifest, data, ...pickFlags(options, flags) },
      onProgress: (task, state) => progress.update({ label: task, ...state }),
    },
    out,
  );
  progress.end();
  await tellReport(out);
}

/** Says where the page is, and how large. */
export async function tellReport(file: string): Promise<void> {
  const { size } = await stat(file);
  print(`Report: ${shellWord(file)} (${(size / 1e6).toFixed(1)} MB; open it in a browser)`);
}
