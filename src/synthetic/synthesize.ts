/** Draws a data set in the FashionAI layout, for demonstrations and tests without photos. */

import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import {
  callback,
  checkArgument,
  checkArguments,
  list,
  optional,
  type ShapeOf,
  text,
} from '../arguments.js';
import { fashionAiTasks, mapConcurrently, type Task } from '../dataset/index.js';
import { ifPresent, makeFolder, replaceFile, writePart } from '../disk/index.js';
import { expected } from '../errors.js';
import { type GivenValues, resolveOptions } from '../options.js';
import { drawGarment, Random } from './garment.js';
import { type Order, ordersOf, warmUpOrders, warmUpTask } from './orders.js';

/** Options of {@link synthesize}. */
export const synthesizeOptions = {
  imagesPerTask: {
    type: 'integer',
    default: 150,
    min: 10,
    max: 100_000,
    help: 'labelled images of each task',
  },
  questionsPerTask: {
    type: 'integer',
    default: 20,
    min: 1,
    max: 100_000,
    help: 'images of each task to predict',
  },
  size: { type: 'integer', default: 288, min: 64, max: 2048, help: 'short side in pixels' },
  seed: { type: 'integer', default: 1, min: 0, max: 2 ** 31 - 1, help: 'which images are drawn' },
} as const;

/** The options of `synthesize`. */
export interface SynthesizeOptions extends GivenValues<typeof synthesizeOptions> {
  /** Names of the tasks to draw; all eight by default. */
  tasks?: readonly string[] | undefined;
  /** Called with the number of images drawn so far. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

const synthesizeShape = {
  ...synthesizeOptions,
  tasks: optional(list('an array of names')),
  onProgress: callback,
} as const satisfies ShapeOf<SynthesizeOptions>;

/** The data set that was drawn. */
export interface Synthesized {
  folder: string;
  images: number;
  questions: number;
  /** Rows of the warm-up release; every second one repeats a labelled image. */
  warmUp: number;
  /** Ground truth of question.csv, in the form of label.csv; outside every folder that `prepare` reads. */
  answers: string;
}

interface Row {
  release: Order['release'];
  path: string;
  task: string;
  letters: string;
}

// libvips uses one thread for each image; more images at once would only wait.
const imagesAtOnce = 4;
const answersFile = path.join('answers', 'answer.csv');

/**
 * Draws `base` (labels), `rank` (questions), `web` (warm-up labels) and `answers` into the new folder `out`, which
 * appears when it is complete. The same options give the same pictures.
 *
 * @throws InvalidInputError when an option is unknown or out of its range, a task is unknown, or `out` is not empty.
 */
export async function synthesize(
  out: string,
  options: SynthesizeOptions = {},
): Promise<Synthesized> {
  checkArgument('out', out, text('a folder'));
  checkArguments('synthesize', options, synthesizeShape);
  const { tasks: names, onProgress, ...given } = options;
  const values = resolveOptions(synthesizeOptions, given);
  const tasks = chosenTasks(names);
  const folder = path.resolve(out);
  await checkEmpty(folder);
  const orders = tasks.flatMap((task) => [
    ...ordersOf('base', task, values.imagesPerTask, values.seed),
    ...ordersOf('rank', task, values.questionsPerTask, values.seed),
  ]);
  const warmUp = warmUpOrders(tasks, values, orders);
  await replaceFile(folder, async (unfinished) => {
    const rows = await drawAll(unfinished, [...orders, ...warmUp], values.size, onProgress);
    await writeTables(unfinished, rows);
  });
  return {
    folder,
    images: tasks.length * values.imagesPerTask,
    questions: tasks.length * values.questionsPerTask,
    warmUp: warmUp.length,
    answers: path.join(folder, answersFile),
  };
}

function chosenTasks(names: readonly string[] | undefined): readonly Task[] {
  if (names === undefined) {
    return fashionAiTasks;
  }
  const unknown = names.find((name) => !fashionAiTasks.some((task) => task.name === name));
  if (unknown !== undefined || names.length === 0) {
    const known = fashionAiTasks.map(({ name }) => name).join(', ');
    throw expected(`some of ${known}`, 'tasks', unknown ?? names);
  }
  return fashionAiTasks.filter(({ name }) => names.includes(name));
}

async function checkEmpty(folder: string): Promise<void> {
  const found = await ifPresent(stat(folder));
  if (found && (!found.isDirectory() || (await readdir(folder)).length > 0)) {
    throw expected('a new or empty folder', 'out', folder);
  }
}

async function drawAll(
  folder: string,
  orders: readonly Order[],
  size: number,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Row[]> {
  const folders = new Set(
    orders.map(({ release, task }) => path.join(folder, release, 'Images', task.name)),
  );
  for (const one of folders) {
    await makeFolder(one);
  }
  let done = 0;
  return mapConcurrently(orders, imagesAtOnce, async ({ release, task, label, key }) => {
    const { svg, maybe } = drawGarment(task.name, label, size, key);
    const name = createHash('md5').update(`${release}/${key}`).digest('hex');
    const file = `Images/${task.name}/${name}.jpg`;
    await writePart(path.join(folder, release, file), await photograph(svg, key));
    onProgress(++done, orders.length);
    const letters = task.classes.map((_, index) => {
      if (index === label) {
        return 'y';
      }
      return maybe.includes(index) ? 'm' : 'n';
    });
    return { release, path: file, task: task.name, letters: letters.join('') };
  });
}

/** The picture as a JPEG file of random quality, sometimes slightly out of focus. */
async function photograph(svg: string, key: string): Promise<Buffer> {
  const random = new Random(`${key}/camera`);
  const quality = Math.round(random.between(78, 95));
  const image = sharp(Buffer.from(svg)).flatten();
  if (random.chance(0.3)) {
    image.blur(random.between(0.4, 1));
  }
  return image.jpeg({ quality }).toBuffer();
}

async function writeTables(folder: string, rows: readonly Row[]): Promise<void> {
  const table = (release: Order['release'], last: (row: Row) => string) =>
    rows
      .filter((row) => row.release === release)
      .map((row) => `${row.path},${row.task},${last(row)}\n`)
      .join('');
  const tables = {
    'base/Annotations/label.csv': table('base', ({ letters }) => letters),
    'rank/Tests/question.csv': table('rank', () => '?'),
    [`web/Annotations/${warmUpTask}.csv`]: table('web', ({ letters }) => letters),
    [answersFile]: table('rank', ({ letters }) => letters),
  };
  for (const [file, text] of Object.entries(tables)) {
    if (text === '') {
      continue;
    }
    await makeFolder(path.join(folder, path.dirname(file)));
    await writePart(path.join(folder, file), text);
  }
}
