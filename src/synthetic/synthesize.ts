/** Draws a data set in the FashionAI layout, to try and test everything where no photos are at hand. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { fashionAiTasks, mapConcurrently, type Task } from '../dataset/index.js';
import { expected } from '../errors.js';
import { ifPresent } from '../if-present.js';
import { type OptionValues, resolveOptions } from '../options.js';
import { drawGarment, emptyClasses, Random } from './garment.js';

/** How much `synthesize` draws. */
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

export interface SynthesizeOptions extends Partial<OptionValues<typeof synthesizeOptions>> {
  /** Names of the tasks to draw; all eight by default. */
  tasks?: readonly string[];
  /** Hears how many images are drawn. */
  onProgress?: (done: number, total: number) => void;
}

/** What was drawn. */
export interface Synthesized {
  folder: string;
  images: number;
  questions: number;
  /** Rows of the warm-up release, part of them copies of labelled images. */
  warmUp: number;
  /** Ground truth of question.csv, in the form of label.csv; outside every folder that `prepare` reads. */
  answers: string;
}

/** One image to draw and the row it gets. */
interface Order {
  release: 'base' | 'rank' | 'web';
  task: Task;
  label: number;
  /** Names the picture: the same key is the same picture. */
  key: string;
}

interface Row {
  release: Order['release'];
  path: string;
  task: string;
  letters: string;
}

// libvips uses a thread for each image here; more at once would only queue.
const imagesAtOnce = 4;
// Of the warm-up release every second image repeats a labelled one, as releases of the competition do.
const warmUpShare = 0.1;
const warmUpTask = 'skirt_length_labels';
const answersFile = path.join('answers', 'answer.csv');

/**
 * Draws `base` (labels), `rank` (questions), `web` (warm-up labels) and `answers` into the new folder `out`, which
 * appears only when it is complete. The same options give the same pictures.
 *
 * @throws InvalidInputError for an option out of range, a task it cannot draw, or an `out` that holds something already.
 */
export async function synthesize(
  out: string,
  options: SynthesizeOptions = {},
): Promise<Synthesized> {
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
  const partial = `${folder}.${randomUUID()}.partial`;
  try {
    const rows = await drawAll(partial, [...orders, ...warmUp], values.size, onProgress);
    await writeTables(partial, rows);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
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
    throw expected(`some of ${known}`, 'tasks', unknown ?? '');
  }
  return fashionAiTasks.filter(({ name }) => names.includes(name));
}

async function checkEmpty(folder: string): Promise<void> {
  const entries = await ifPresent(readdir(folder));
  if (entries !== undefined && entries.length > 0) {
    throw expected('a new or empty folder', 'out', folder);
  }
}

/** `count` pictures of a task: each class twice as far as that goes, the rest uneven as in real data. */
function ordersOf(release: 'base' | 'rank', task: Task, count: number, seed: number): Order[] {
  const classes = task.classes
    .map((_, label) => label)
    .filter((label) => !emptyClasses(task.name).includes(label));
  // The same for labels and questions of a task, as if both came from one shop.
  const habits = new Random(`${seed}/${task.name}/habits`);
  const favoured = classes.flatMap((label) => Array<number>(3 + habits.below(2)).fill(label));
  const random = new Random(`${seed}/${release}/${task.name}/labels`);
  const labels = Array.from({ length: count }, (_, index) => {
    const sure = classes[index % classes.length] as number;
    return index < 2 * classes.length ? sure : random.pick(favoured);
  });
  return random.shuffled(labels).map((label, index) => ({
    release,
    task,
    label,
    key: `${seed}/${release}/${task.name}/${index}`,
  }));
}

/** The warm-up release: pictures of its own and, every second row, one that `base` has too. */
function warmUpOrders(
  tasks: readonly Task[],
  { imagesPerTask, seed }: { imagesPerTask: number; seed: number },
  orders: readonly Order[],
): Order[] {
  const task = tasks.find(({ name }) => name === warmUpTask);
  if (task === undefined) {
    return [];
  }
  const labelled = orders.filter((order) => order.task === task && order.release === 'base');
  return labelled.slice(0, Math.ceil(imagesPerTask * warmUpShare)).map((order, index) => {
    const key = index % 2 === 0 ? order.key : `${seed}/web/${task.name}/${index}`;
    return { ...order, release: 'web', key };
  });
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
    await mkdir(one, { recursive: true });
  }
  let done = 0;
  return mapConcurrently(orders, imagesAtOnce, async ({ release, task, label, key }) => {
    const { svg, maybe } = drawGarment(task.name, label, size, key);
    const name = createHash('md5').update(`${release}/${key}`).digest('hex');
    const file = `Images/${task.name}/${name}.jpg`;
    await writeFile(path.join(folder, release, file), await photograph(svg, key));
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

/** The picture as a JPEG file, a little out of focus now and then, more or less compressed. */
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
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}
