/** Finds the same image under several names, so that it counts once and is in one split only. */
import { byCodeUnit } from '../code-unit.js';
import type { FileStamp } from '../file-stamp.js';
import type { ImageFile } from '../image-file.js';
import type { Labelled } from '../types.js';

export type HashedImage = Labelled & FileStamp & Pick<ImageFile, 'box'> & { hash: string };

/** One content with contradictory labels in one task. */
export interface Conflict {
  task: string;
  hash: string;
  /** Every row it has: where, and the label's index, or those of a task of any number of labels. */
  rows: Pick<Labelled, 'origin' | 'path' | 'label' | 'labels'>[];
}

/** Two places of the same image: the one that counts, and another one. */
export interface Pair {
  kept: string;
  left: string;
}

export interface Deduplicated {
  /** One row for each content and task, sorted by task, then path. */
  images: HashedImage[];
  /** Rows left out because another row has the same content, task and label. */
  repeats: number;
  firstRepeat?: Pair;
  /** Of these, rows that the source has in train although validation has the same content. */
  leaks: number;
  firstLeak?: Pair;
  /** Of the repeats, rows whose maybe marks are not those of the row that counts. */
  otherMarks: number;
  firstOtherMarks?: Pair;
  conflicts: Conflict[];
}

/**
 * Keeps one row for each (content, task): one that the source puts in validation, or else one that it puts in train, or else
 * the first by path. Where the rows of one content contradict each other, none is kept, since none can be trusted.
 */
export function deduplicate(images: readonly HashedImage[]): Deduplicated {
  const groups = new Map<string, HashedImage[]>();
  for (const image of [...images].sort(byTaskAndPath)) {
    const key = `${image.task}/${image.hash}`;
    const group = groups.get(key);
    if (group) {
      group.push(image);
    } else {
      groups.set(key, [image]);
    }
  }
  const result: Deduplicated = {
    images: [],
    repeats: 0,
    leaks: 0,
    otherMarks: 0,
    conflicts: [],
  };
  for (const group of groups.values()) {
    const [first] = group as [HashedImage];
    if (group.some((image) => !isSameLabel(image, first))) {
      result.conflicts.push(conflictOf(group, first));
      continue;
    }
    const kept =
      group.find((image) => image.given === 'validation') ??
      group.find((image) => image.given === 'train') ??
      first;
    result.images.push(kept);
    for (const image of group) {
      if (image !== kept) {
        addRepeat(result, kept, image);
      }
    }
  }
  result.images.sort(byTaskAndPath);
  return result;
}

function addRepeat(result: Deduplicated, kept: HashedImage, image: HashedImage): void {
  const pair: Pair = { kept: kept.origin, left: image.origin };
  result.repeats++;
  result.firstRepeat ??= pair;
  if (kept.given === 'validation' && image.given === 'train') {
    result.leaks++;
    result.firstLeak ??= pair;
  }
  if (image.maybe.join() !== kept.maybe.join()) {
    result.otherMarks++;
    result.firstOtherMarks ??= pair;
  }
}

function conflictOf(group: HashedImage[], { task, hash }: HashedImage): Conflict {
  const rows = group.map(({ origin, path, label, labels }) => ({
    origin,
    path,
    label,
    ...(labels && { labels }),
  }));
  return { task, hash, rows };
}

type Answer = Pick<Labelled, 'label' | 'labels'>;

/** Whether two images of one task have the same label, or the same labels. */
export const isSameLabel = (one: Answer, other: Answer): boolean =>
  one.label === other.label && one.labels?.join() === other.labels?.join();

function byTaskAndPath(a: HashedImage, b: HashedImage): number {
  const place = (image: HashedImage) => image.range?.offset ?? 0;
  return (
    byCodeUnit(a.task, b.task) ||
    byCodeUnit(a.path, b.path) ||
    place(a) - place(b) ||
    byCodeUnit(a.origin, b.origin)
  );
}
