/** What a data set is like: how many images each class has, how large they are, which cannot be read and which labels are in doubt. */
import path from 'node:path';
import sharp from 'sharp';
import {
  balanceWarnings,
  type ImageFile,
  imageName,
  type Manifest,
  mapConcurrently,
  readDamaged,
  readImage,
  resolveSample,
  type Sample,
  summarizeTasks,
  type TaskSummary,
} from '../../dataset/index.js';
import { type NamedPair, readSimilar } from '../../features/index.js';
import { formatOf, isJpeg, mostFileBytes, OtherFormat, refusalOf } from '../../pipeline/index.js';
import type { SizeCount } from '../charts/index.js';
import { hasOneLabel } from './answers.js';
import { type DoubtfulLabel, doubtfulLabels } from './doubts.js';
import type { TaskResult } from './results.js';

export interface DataFacts {
  /** Where relative paths start from. */
  root: string;
  tasks: TaskSummary[];
  /** Sentences about classes with few images, alone or beside others that have many. */
  balance: string[];
  questions: number;
  folds: number | undefined;
  /** Different images, by their bytes. */
  images: number;
  /** Of them, those that are labelled for several tasks. */
  shared: number;
  /** Of them, those that are in training for one task and in validation for another one. */
  acrossSplits: number;
  /** Bytes of all images whose length is known. */
  bytes: number;
  sizes: SizeCount[];
  /** Images whose size was looked at. */
  measured: number;
  /** Of those, the ones that cannot be read, and those that `prepare --check` left out. */
  unreadable: { path: string; reason: string }[];
  /** Held-out images that are nearly the same as a training image; undefined if nobody has looked for them. */
  similar: NamedPair[] | undefined;
  doubts: TaskDoubts[];
}

/** The suspected labels of a task, by the answers of a run. */
export interface TaskDoubts {
  task: string;
  /** The folder of the run. */
  run: string;
  images: number;
  labels: DoubtfulLabel[];
}

/** The most images whose header is read, evenly spread over the data set. */
const mostMeasured = 2000;
const filesAtOnce = 8;

/** @param data the prepared folder, if it is known */
export async function factsOf(
  manifest: Manifest,
  data: string | undefined,
  { results, pictures }: { results: readonly TaskResult[]; pictures: boolean },
): Promise<DataFacts> {
  const counts = countImages(manifest);
  const tasks = summarizeTasks(manifest);
  const measured = pictures ? await measure(manifest) : { sizes: [], measured: 0, unreadable: [] };
  const damaged = data === undefined ? [] : await readDamaged(data);
  const similar =
    data === undefined ? undefined : await readSimilar(path.join(data, 'similar.csv'));
  const { root, folds, questions } = manifest;
  const doubts: TaskDoubts[] = [];
  for (const { run, task, answered } of firstOfEach(results)) {
    if (hasOneLabel(answered)) {
      const labels = await doubtfulLabels(answered, pictures);
      doubts.push({ task, run: run.folder, images: answered.images.length, labels });
    }
  }
  return {
    ...{ root, folds, questions: questions.length },
    ...{ tasks, balance: tasks.flatMap(balanceWarnings) },
    ...{
      ...counts,
      ...measured,
      unreadable: [...damaged, ...measured.unreadable],
      similar,
      doubts,
    },
  };
}

/** One run for each task: what the first one doubts. */
const firstOfEach = (results: readonly TaskResult[]): TaskResult[] =>
  results.filter(({ task }, index) => results.findIndex((other) => other.task === task) === index);

function countImages({ samples }: Manifest) {
  const seen = new Map<string, { tasks: number; splits: Set<string> }>();
  let bytes = 0;
  for (const { hash, split, size = 0, range } of samples) {
    const known = seen.get(hash);
    if (known === undefined) {
      bytes += range?.length ?? size;
      seen.set(hash, { tasks: 1, splits: new Set([split]) });
    } else {
      known.tasks++;
      known.splits.add(split);
    }
  }
  const all = [...seen.values()];
  return {
    images: seen.size,
    shared: all.filter(({ tasks }) => tasks > 1).length,
    acrossSplits: all.filter(({ splits }) => splits.size > 1).length,
    bytes,
  };
}

/** The sizes of the images, by their headers. */
async function measure(manifest: Manifest) {
  const { samples } = manifest;
  const step = Math.max(1, samples.length / mostMeasured);
  const chosen: ImageFile[] = [];
  for (let place = 0; place < samples.length; place += step) {
    chosen.push(resolveSample(manifest, samples.at(Math.floor(place)) as Sample));
  }
  const counts = new Map<string, SizeCount>();
  const unreadable: DataFacts['unreadable'] = [];
  const found = await mapConcurrently(chosen, filesAtOnce, (image) =>
    sizeOf(image).catch((error: Error) => ({ error })),
  );
  for (const [index, size] of found.entries()) {
    if ('error' in size) {
      const reason = size.error.message.split('\n')[0] as string;
      unreadable.push({ path: imageName(chosen[index] as ImageFile), reason });
    } else {
      const key = `${size.width} ${size.height}`;
      counts.set(key, { ...size, images: (counts.get(key)?.images ?? 0) + 1 });
    }
  }
  return { sizes: [...counts.values()], measured: chosen.length, unreadable };
}

/** Upright, as its orientation says. @throws an Error with the reason when it is no image, or a damaged one */
async function sizeOf(image: ImageFile): Promise<{ width: number; height: number }> {
  const bytes = await readImage(image, mostFileBytes);
  const format = isJpeg(bytes) ? 'JPEG' : formatOf(bytes);
  if (format === undefined) {
    // Sharp reads more than Bobbin, such as SVG, which is a program.
    throw new Error(refusalOf(bytes));
  }
  if (format === 'BMP' || format === 'Netpbm') {
    // Sharp reads neither.
    const { width, height } = await OtherFormat.of(bytes).decode();
    return { width, height };
  }
  const { autoOrient } = await sharp(bytes).metadata();
  return autoOrient;
}
