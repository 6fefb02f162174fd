/** `bobbin preview`: draws a sheet of a data set's images, each beside its augmented views. */

import path from 'node:path';
import type { Command } from 'commander';
import { labelText, type Task } from '../../../dataset/index.js';
import { checkTarget } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import type { OptionTree } from '../../../options.js';
import { loaderOptions, viewsOf } from '../../../pipeline/index.js';
import { count } from '../../../plural.js';
import { chooseImages, drawAugmentations } from '../../../report/index.js';
import { trainAugmentationOptions } from '../../../training/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import {
  type ImagesFlag,
  imagesFlag,
  type LabelledImage,
  openDataset,
} from '../../open-dataset.js';
import { warnUnreadable } from '../../unreadable.js';
import { usualPreprocessing, usualPreprocessingOptions } from '../../usual-preprocessing.js';

export const options = {
  rows: { type: 'integer', default: 6, min: 1, max: 30, help: 'rows of the sheet' },
  views: {
    type: 'integer',
    default: 7,
    min: 1,
    max: 15,
    help: 'augmented views of each image, one for each epoch; a five- or ten-crop shows whole sets',
  },
  seed: { ...loaderOptions.seed, help: 'seed of the choice of images and of all random numbers' },
  ...usualPreprocessingOptions,
  augmentation: trainAugmentationOptions,
} as const satisfies OptionTree;

export function configure(command: Command): void {
  command
    .argument('<folder>', 'prepared data set, or a source that `prepare` reads')
    .addOption(imagesFlag())
    .option('--out <file>', 'file of the sheet: .jpg, or .png for exact colours', 'preview.jpg');
  command.action(run);
}

async function run(folder: string, flags: ImagesFlag & { out: string }): Promise<void> {
  const { out } = flags;
  if (!/\.(jpe?g|png)$/i.test(out)) {
    throw expected('a file named .jpg or .png', '--out', out);
  }
  await checkTarget(out, 'file', '--out');
  const { rows, views: wanted, seed, augmentation, ...chosen } = pickFlags(options, flags);
  const { tasks, images } = await openDataset(folder, flags);
  const shown = chooseImages(images, rows, seed).map((image) => {
    return { ...image, caption: classOf(image, tasks) };
  });
  const sheet = {
    title: `${path.basename(path.resolve(folder))}: images and their augmented views`,
    images: shown,
    epochs: Math.ceil(wanted / viewsOf(augmentation)),
    preprocessing: { ...usualPreprocessing, ...chosen },
    augmentation,
    seed,
  };
  const { views, failures } = await drawAugmentations(sheet, out);
  warnUnreadable(failures, 'grey on the sheet');
  print(`${count(shown.length, 'image')}, ${count(views, 'view')} each → ${out}`);
}

function classOf(image: LabelledImage, tasks: Task[]): string {
  const { task } = image;
  const name = labelText(image, tasks.find((each) => each.name === task)?.classes);
  return tasks.length > 1 ? `${task}: ${name}` : name;
}
