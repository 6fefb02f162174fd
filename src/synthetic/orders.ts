/** Chooses the pictures of a synthesized data set: their releases, tasks and classes. */
import type { Task } from '../dataset/index.js';
import { emptyClasses, Random } from './garment.js';

// As in the competition's releases, every second image of the warm-up release repeats a labelled one.
const warmUpShare = 0.1;
export const warmUpTask = 'skirt_length_labels';

/** One image to draw and its row of a table. */
export interface Order {
  release: 'base' | 'rank' | 'web';
  task: Task;
  label: number;
  /** Names the picture: the same key gives the same picture. */
  key: string;
}

/** `count` pictures of a task: two of each class, or as many as `count` allows; the rest uneven as in real data. */
export function ordersOf(
  release: 'base' | 'rank',
  task: Task,
  count: number,
  seed: number,
): Order[] {
  const classes = task.classes
    .map((_, label) => label)
    .filter((label) => !emptyClasses(task.name).includes(label));
  // Labels and questions of a task share the habits, as if their photos came from one shop.
  const habits = new Random(`${seed}/${task.name}/habits`);
  const favoured = classes.flatMap((label) => Array<number>(3 + habits.below(2)).fill(label));
  const random = new Random(`${seed}/${release}/${task.name}/labels`);
  const labels = Array.from({ length: count }, (_, index) => {
    const inTurn = classes[index % classes.length] as number;
    return index < 2 * classes.length ? inTurn : random.pick(favoured);
  });
  return random.shuffled(labels).map((label, index) => ({
    release,
    task,
    label,
    key: `${seed}/${release}/${task.name}/${index}`,
  }));
}

/** The warm-up release: every second row repeats a picture of `base`, the others are new. */
export function warmUpOrders(
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
