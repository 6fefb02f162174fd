/** Chooses some images of a data set, evenly over its classes. */
import type { Sample } from '../../dataset/index.js';

type Classed = Pick<Sample, 'task' | 'label' | 'labels'>;

/**
 * `count` of `images`: of as many classes as there are rows, and of each class about as many as of any other. The seed shifts
 * which ones. They come in the order of the images' classes. Images with the same labels are a class here.
 */
export function chooseImages<Image extends Classed>(
  images: Iterable<Image>,
  count: number,
  seed: number,
): Image[] {
  const sizes = new Map<string, number>();
  for (const image of images) {
    const key = classOf(image);
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  const classes = [...sizes].map(([key, size]) => ({ key, size, wanted: 0 }));
  allot(classes, count, shiftOf(seed));
  const places = new Map(
    classes.map(({ key, size, wanted }) => [key, evenly(size, wanted, shiftOf(seed))]),
  );
  const chosen = new Map<string, Image[]>(classes.map(({ key }) => [key, []]));
  const seen = new Map<string, number>();
  for (const image of images) {
    const key = classOf(image);
    const place = seen.get(key) ?? 0;
    seen.set(key, place + 1);
    if (places.get(key)?.has(place)) {
      chosen.get(key)?.push(image);
    }
  }
  return [...chosen.values()].flat();
}

const classOf = ({ task, label, labels }: Classed) => `${labels ?? label} of ${task}`;

/** The golden ratio spreads the seeds 1, 2, 3 … evenly over 0…1. */
const shiftOf = (seed: number) => (seed * 0.618034) % 1;

/** Sets how many rows each class gets: one of some classes, or as many as it has images at most. */
function allot(classes: { size: number; wanted: number }[], count: number, shift: number): void {
  if (classes.length > count) {
    for (const place of evenly(classes.length, count, shift)) {
      (classes[place] as { wanted: number }).wanted = 1;
    }
    return;
  }
  const total = classes.reduce((sum, { size }) => sum + size, 0);
  let left = Math.min(count, total);
  while (left > 0) {
    for (const each of classes) {
      if (left > 0 && each.wanted < each.size) {
        each.wanted++;
        left--;
      }
    }
  }
}

/** `count` places of 0 … `size` − 1 at even distances. */
function evenly(size: number, count: number, shift: number): Set<number> {
  const step = size / count;
  return new Set(Array.from({ length: count }, (_, index) => Math.floor((index + shift) * step)));
}
