/** The rows of a request for features: where each belongs, by which key the cache has it, and in which order they are computed. */
import { type ImageFile, mapConcurrently } from '../dataset/index.js';
import { partOf, sha256, sha256OfSource, withSource } from '../disk/index.js';
import { mostRows, type RowCache } from './cache.js';
import { type ImageFiles, imageAt } from './files.js';

/** The features of a view of an image. */
export interface PlannedRow {
  image: ImageFile;
  /** Of the image among the files. */
  index: number;
  /** From 0. */
  view: number;
  /** Of the row among all. */
  place: number;
  /** By which the cache keeps the row; '' if it does not. */
  key: string;
}

interface Planned {
  files: ImageFiles;
  views: number;
  store: RowCache | undefined;
  /** Whether a row depends on the place of its image among those of its chunk. */
  isRandom: boolean;
}

/** Images that are hashed at once: so many that a slow disk is busy. */
const hashedAtOnce = 16;

/** Why an image has no features although those beside it are in the cache. */
export const reasonOfBefore =
  'it could not be read when features were computed; prepare --check says why';

export async function plannedRows({ files, views, store, isRandom }: Planned): Promise<RowPlan> {
  const images = Array.from({ length: files.length }, (_, index) => imageAt(files, index));
  const keys =
    store === undefined
      ? images.map(() => '')
      : await mapConcurrently(images, hashedAtOnce, (image) => keyOf(image));
  const chunks: PlannedRow[][] = [];
  for (let view = 0; view < views; view++) {
    const all = images.map((image, index) => ({
      ...{ image, index, view },
      place: index * views + view,
      key: keys[index] as string,
    }));
    chunks.push(...inChunks(all));
  }
  if (isRandom && store !== undefined) {
    chunks.forEach(keyByChunk);
  }
  return new RowPlan(chunks, isRandom);
}

/** Which rows are in the cache, and which are left. */
class RowPlan {
  private readonly byKey = new Map<string, PlannedRow[]>();
  private readonly known = new Set<PlannedRow>();

  constructor(
    private readonly chunks: readonly PlannedRow[][],
    private readonly isRandom: boolean,
  ) {
    for (const row of chunks.flat().filter(({ key }) => key !== '')) {
      const same = this.byKey.get(row.key);
      if (same === undefined) {
        this.byKey.set(row.key, [row]);
      } else {
        same.push(row);
      }
    }
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Marks the rows of a key as found. @returns their places */
  found(key: string): number[] {
    return (this.byKey.get(key) ?? []).map((row) => {
      this.known.add(row);
      return row.place;
    });
  }

  /** The rows that must be computed, in chunks of one view. Random changes depend on the whole chunk. */
  left(): PlannedRow[][] {
    return this.isRandom
      ? this.chunks.filter((chunk) => !this.isKnown(chunk))
      : inChunks(this.chunks.flat().filter((row) => !this.known.has(row)));
  }

  /** The rows that a chunk lacks that was computed before. */
  unreadable(): PlannedRow[] {
    return this.isRandom
      ? this.chunks
          .filter((chunk) => this.isKnown(chunk))
          .flatMap((chunk) => chunk.filter((row) => !this.known.has(row)))
      : [];
  }

  private isKnown(chunk: readonly PlannedRow[]): boolean {
    return chunk.some((row) => this.known.has(row));
  }
}

function inChunks(rows: readonly PlannedRow[]): PlannedRow[][] {
  return Array.from({ length: Math.ceil(rows.length / mostRows) }, (_, chunk) =>
    rows.slice(chunk * mostRows, (chunk + 1) * mostRows),
  );
}

/** Random changes are drawn by the place in the chunk, so that all of its images tell which row it is. */
function keyByChunk(chunk: readonly PlannedRow[]): void {
  const digest = sha256(chunk.map(({ key }) => key).join());
  chunk.forEach((row, place) => {
    row.key = sha256(`${digest} ${row.view} ${place}`);
  });
}

/** Of the part that is looked at; '' where the image cannot be read. */
async function keyOf(image: ImageFile): Promise<string> {
  const hash = await hashOf(image);
  return image.box === undefined || hash === '' ? hash : sha256(`${hash} ${image.box.join(' ')}`);
}

/** The SHA-256 of an image's encoded bytes, in hex; '' where they cannot be read, which its decoding tells better. */
const hashOf = ({ path, range }: ImageFile): Promise<string> =>
  withSource(path, (source) =>
    sha256OfSource(
      range === undefined ? source : partOf(source, { start: range.offset, size: range.length }),
    ),
  ).catch(() => '');
