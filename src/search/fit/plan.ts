/** The arithmetic of a fit: what fits into the time that is left. All times are seconds. */

/** What the training of a network takes on the images of a fit. */
export interface TrainingCost {
  /** Before the first epoch: building the network, and tracing its steps. */
  start: number;
  /** An epoch that trains only the head, validation included. */
  head: number;
  /** An epoch that trains all weights, validation included. */
  all: number;
}

/** A fine-tuning: one epoch of the head, then all weights. */
export interface Schedule {
  recipe: 'quick' | 'strong';
  epochs: number;
  /** Side of the images in pixels. */
  size: number;
}

/** A fine-tuning is planned for this share of the time, since the first measurements of a pace are rough. */
export const plannedShare = 0.85;

/** Fewer epochs than these are worth a smaller input, so that there are more. */
const enoughEpochs = 4;

/** One of the head, and one of all weights. */
const leastEpochs = 2;

/** From so many epochs on, the recipe for long runs is the better one. */
const strongEpochs = 10;

/** Epochs of the recipe `strong`; with time for twice as many, two networks are better than one. */
const usualEpochs = 15;

/** More epochs overfit photos by the thousand. */
const mostEpochs = 30;

/** Trained networks, of which the mean is taken at the end. */
export const mostRuns = 8;

/** The epochs of a training that takes `seconds`, the first one of the head; 0 if none fits. */
export const epochsIn = (seconds: number, { start, head, all }: TrainingCost): number =>
  seconds < start + head ? 0 : 1 + Math.floor((seconds - start - head) / all);

/** What a training of so many epochs takes, at least one. */
export const secondsOf = (epochs: number, { start, head, all }: TrainingCost): number =>
  start + head + (epochs - 1) * all;

/** The cost at another side: the work of a convolution grows with the number of pixels. */
export function costAt(cost: TrainingCost, size: number, measuredAt: number): TrainingCost {
  const ratio = (size / measuredAt) ** 2;
  return { ...cost, head: cost.head * ratio, all: cost.all * ratio };
}

/**
 * The fine-tuning that makes the most of `left` seconds: at the largest of `sizes` at which there are at least four epochs, else at the
 * smallest; undefined if not even two epochs fit there. With time for two long runs, it takes half of the time.
 *
 * @param cost at `sizes[0]`, the network's own side
 * @param sizes falling
 */
export function planSchedule(
  left: number,
  cost: TrainingCost,
  sizes: readonly number[],
): Schedule | undefined {
  const seconds = plannedShare * left;
  const own = sizes[0] as number;
  const epochsAt = (size: number) => epochsIn(seconds, costAt(cost, size, own));
  const size = sizes.find((each) => epochsAt(each) >= enoughEpochs) ?? (sizes.at(-1) as number);
  const fitting = epochsAt(size);
  if (fitting < leastEpochs) {
    return undefined;
  }
  const runs = Math.max(1, Math.floor(fitting / usualEpochs));
  const epochs = Math.min(mostEpochs, Math.floor(fitting / runs));
  return { recipe: epochs >= strongEpochs ? 'strong' : 'quick', epochs, size };
}

/**
 * How many epochs a run shall have, after some are done: as many as planned if they fit into the time, else as many as do.
 *
 * @param left seconds for the rest of the run
 * @param pace seconds of one more epoch, as measured
 */
export function replanned(
  { done, planned }: { done: number; planned: number },
  left: number,
  pace: number,
): number {
  const needed = (planned - done) * pace;
  return needed <= left ? planned : done + Math.max(0, Math.floor((plannedShare * left) / pace));
}

/** Numbers of images of the two parts. */
export interface PartSizes {
  training: number;
  choosing: number;
}

/** How many of `images` are of each part: a quarter of them tell how good the answer is, or more where there are not so many others. */
export function shareImages(images: number, parts: PartSizes): PartSizes {
  const quarter = Math.min(parts.choosing, Math.ceil(images / 4));
  const training = Math.min(parts.training, images - quarter);
  return { training, choosing: Math.min(parts.choosing, images - training) };
}

/** What the probe of a network found. */
export interface Probed {
  network: string;
  /** Of its linear probe on `images` held back, 0…1. */
  accuracy: number;
  images: number;
  cost: TrainingCost;
}

/**
 * The networks worth training, the first one first: of those with the epochs of a short run in the time left, the most accurate one; but
 * before it goes each cheaper one within a standard error of its accuracy. Networks that are clearly worse, by three standard errors,
 * are left out. If none has the time, the cheapest one.
 */
export function ranked<Each extends Probed>(probes: readonly Each[], left: number): Each[] {
  const byCost = [...probes].sort((a, b) => a.cost.all - b.cost.all);
  const fitting = byCost.filter(({ cost }) => epochsIn(plannedShare * left, cost) >= enoughEpochs);
  const rest = fitting.length > 0 ? fitting : byCost.slice(0, 1);
  const best = Math.max(...rest.map(({ accuracy }) => accuracy));
  const good = rest.filter((each) => each.accuracy >= best - 3 * standardError(best, each.images));
  const order: Each[] = [];
  while (order.length < good.length) {
    const others = good.filter((each) => !order.includes(each));
    const most = Math.max(...others.map(({ accuracy }) => accuracy));
    const isClose = ({ accuracy, images }: Each) => accuracy >= most - standardError(most, images);
    order.push(others.find(isClose) as Each);
  }
  return order;
}

const standardError = (share: number, images: number): number =>
  Math.sqrt((share * (1 - share)) / Math.max(1, images));

/** `0.043 s`, `4.3 s`, `43 s` */
export const inSeconds = (seconds: number): string =>
  `${seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds)} s`;

/** The sides of the input that a network with this own side is tried at, falling: multiples of 32. */
export const sizesFrom = (own: number): number[] => [
  own,
  ...[3 / 4, 1 / 2]
    .map((share) => 32 * Math.round((share * own) / 32))
    .filter((size) => size >= 96 && size < own),
];
