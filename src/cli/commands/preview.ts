/** `bobbin preview`: draws a sheet of a data set's images, each beside its augmented views. */

import path from 'node:path';
import type { Command } from 'commander';
import type { Task } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import type { OptionTree } from '../../options.js';
import { loaderOptions, viewsOf } from '../../pipeline/index.js';
import { count } from '../../plural.js';
import { drawAugmentations } from '../../report/index.js';
import { trainAugmentationOptions } from '../../training/index.js';
import { print } from '../../width.js';
import { renderEpochs } from '../epoch-views.js';
import { pickFlags } from '../flags.js';
import { type LabelledImage, openDataset } from '../open-dataset.js';
import { warnUnreadable } from '../unreadable.js';
import { usualPreprocessing } from '../usual-preprocessing.js';

export const options = {
  images: { type: 'integer', default: 6, min: 1, max: 30, help: 'rows of the sheet' },
  views: {
    type: 'integer',
    default: 7,
    min: 1,
    max: 15,
    help: 'augmented views of each image, one for each epoch; a five- or ten-crop shows whole sets',
  },
  seed: { ...loaderOptions.seed, help: 'seed of the choice of images and of all random numbers' },
  augmentation: trainAugmentationOptions,
} as const satisfies OptionTree;

export function configure(command: Command): void {
  command
    .argument('<folder>', 'prepared data set, or a source that `prepare` reads')
    .option('--out <file>', 'file of the sheet: .jpg, or .png for exact colours', 'preview.jpg');
  command.action(run);
}

async function run(folder: string, flags: { out: string }): Promise<void> {
  const { out } = flags;
  if (!/\.(jpe?g|png)$/i.test(out)) {
    throw expected('a file named .jpg or .png', '--out', out);
  }
  const { images: rows, views: wanted, seed, augmentation } = pickFlags(options, flags);
  const { tasks, images } = await openDataset(folder);
  const chosen = spread(images, rows, seed);
  const epochs = Math.ceil(wanted / viewsOf(augmentation));
  const { failures, ...views } = await renderEpochs(chosen, epochs, {
    preprocessing: usualPreprocessing,
    augmentation,
    seed,
  });
  warnUnreadable(failures, 'grey on the sheet');
  const title = `${path.basename(path.resolve(folder))}: images and their augmented views`;
  const originals = chosen.map((image) => ({ image, caption: classOf(image, tasks) }));
  await drawAugmentations({ title, ...views, preprocessing: usualPreprocessing, originals }, out);
  print(`${count(chosen.length, 'image')}, ${count(views.variants, 'view')} each → ${out}`);
}

/** `count` of `images` at even distances, so that each class gets its share. The seed shifts the first one. */
function spread<Image>(images: readonly Image[], count: number, seed: number): Image[] {
  const step = Math.max(1, images.length / count);
  const golden = 0.618034;
  const shift = ((seed * golden) % 1) * step;
  const rows = Math.min(count, images.length);
  return Array.from({ length: rows }, (_, row) => {
    return images[Math.floor(row * step + shift)] as Image;
  });
}

function classOf({ task, label }: LabelledImage, tasks: Task[]): string {
  const name = tasks.find((each) => each.name === task)?.classes[label] ?? `${label}`;
  return tasks.length > 1 ? `${task}: ${name}` : name;
}
