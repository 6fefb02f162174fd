/** `bobbin bench`: measures the loader on a folder of images and advises what to change. */

import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import {
  filesBelow,
  type ImageFile,
  imagePattern,
  layoutOf,
  manifestFile,
} from '../../../dataset/index.js';
import { ifPresent } from '../../../disk/index.js';
import { expected } from '../../../errors.js';
import {
  type Augmenter,
  adviceOn,
  augmentationOptions,
  augmentOption,
  type ChoiceRequest,
  chooseAugment,
  type Measurement,
  measureLoader,
  measureOptions,
} from '../../../pipeline/index.js';
import { count } from '../../../plural.js';
import { textTable, withProgress } from '../../../report/index.js';
import { print } from '../../../width.js';
import { pickFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag, openDataset } from '../../open-dataset.js';
import { usualPreprocessing, usualPreprocessingOptions } from '../../usual-preprocessing.js';

export const options = {
  ...measureOptions,
  augment: augmentOption,
  ...usualPreprocessingOptions,
  augmentation: augmentationOptions,
};

export function configure(command: Command): void {
  command
    .argument('<folder>', 'images in folders of any depth, shards, or a prepared data set')
    .addOption(imagesFlag());
  command.action(async (folder: string, flags: ImagesFlag) => {
    const files = await imagesIn(folder, flags);
    const cores = os.availableParallelism();
    const counts = threadCounts(cores);
    const {
      augment: asked,
      seconds,
      filter,
      fit,
      boxMargin,
      ...picked
    } = pickFlags(options, flags);
    const request = {
      ...picked,
      files,
      preprocessing: { ...usualPreprocessing, filter, fit, boxMargin },
    };
    // The rate of this run does not count: only this run may wait for the disk.
    const first = await withProgress((progress) => {
      progress.update({ label: 'reading for the first time', done: 0, total: counts.length });
      return measureLoader({ ...request, seconds, threads: cores });
    });
    const { augment, reason } = await chosen(asked, { ...request, threads: cores });
    if (reason !== undefined) {
      print(reason);
    }
    const measurements = await withProgress(async (progress) => {
      const done: Measurement[] = [];
      for (const threads of counts) {
        const label = `measuring, ${count(threads, 'thread')}`;
        progress.update({ label, done: done.length, total: counts.length });
        done.push(await measureLoader({ ...request, seconds, augment, threads }));
      }
      return done;
    });
    print(describe(measurements));
    print(adviceOn(measurements, { cores, waitShare: 1, firstReadShare: first.readShare }));
  });
}

async function chosen(
  augment: Augmenter | 'auto',
  request: ChoiceRequest,
): Promise<{ augment: Augmenter; reason?: string }> {
  return augment === 'auto' ? await chooseAugment(request) : { augment };
}

/** The images of a prepared data set or of shards; in other folders all images by their names, with labels or without. */
async function imagesIn(folder: string, flags: ImagesFlag): Promise<ImageFile[]> {
  const found = await ifPresent(filesBelow(folder));
  if (found === undefined) {
    throw expected('an existing folder', 'folder', folder);
  }
  const files = found.files.filter((name) => imagePattern.test(name));
  const packed = existsSync(manifestFile(folder)) || (await layoutOf(folder))?.packed;
  if (packed || files.length === 0) {
    return (await openDataset(folder, flags)).images;
  }
  return files.map((name) => ({ path: path.resolve(folder, name) }));
}

/** 1, 2, 4, … and the number of cores. */
function threadCounts(cores: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) {
    counts.push(count);
  }
  return [...counts, cores];
}

function describe(measurements: Measurement[]): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const rows = measurements.map((row) => [
    `${row.threads}`,
    row.imagesPerSecond.toFixed(0),
    percent(row.readShare),
    percent(row.decodeShare),
    percent(row.renderShare),
    percent(row.otherFormatsShare),
    `${row.unreadable}`,
  ]);
  return textTable(
    ['threads', 'images/s', 'read', 'decode', 'render', 'not JPEG', 'unreadable'],
    rows,
  );
}
