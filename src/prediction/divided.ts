/** Divides the images of a request among the workers of a cluster, each of which gets the rows of all of them, in order. */
import path from 'node:path';
import { type Cluster, gatherNumbers, joined, together, workerName } from '../cluster/index.js';
import type { ImageFile } from '../dataset/index.js';
import { sha256, sha256OfPieces } from '../disk/index.js';
import { InvalidInputError } from '../errors.js';
import {
  batchImages,
  fullBatch,
  type Piece,
  type StreamedBatch,
  type StreamOptions,
  streamPiece,
  type UnreadableFile,
} from '../features/index.js';
import { weightsOf } from '../model/index.js';
import type { Member } from './members.js';
import type { ClassifyOptions } from './options.js';

/** A batch, and whether this process has computed it. */
export interface DividedBatch extends StreamedBatch {
  isOwn: boolean;
}

/** What all workers must have in common: digests by what they are of. */
type Common = Record<'images' | 'options' | 'weights', string>;

interface Request {
  /** Images of all pieces. */
  images: number;
  members: readonly Member[];
  options: ClassifyOptions;
  signal: AbortSignal | undefined;
}

/**
 * Streams the pieces of a request as `streamPiece` does. In a cluster, all workers call it together, and each computes every batch
 * whose number modulo that of the workers is its own: so a batch has the images that it has in one process, and each row the same
 * bytes. The rows of each worker are then added to the zeros of the others.
 *
 * Its streams throw the signal's reason, on the other workers an Error that says which was stopped, all after the same batch; an
 * InvalidInputError where the workers have different images, weights or options, and one that names a worker that could not go on.
 */
export function dividedStream(request: Request) {
  const { signal } = request;
  const cluster = joined();
  if (cluster === undefined || cluster.size === 1) {
    return async function* alone(piece: Piece, options: StreamOptions) {
      for await (const batch of streamPiece(piece, options)) {
        yield batch;
        signal?.throwIfAborted();
      }
    };
  }
  const common = commonOf(request);
  return async function* divided(
    piece: Piece,
    options: StreamOptions,
  ): AsyncGenerator<DividedBatch> {
    await checkCommon(cluster, piece, common);
    yield* new Division(cluster, piece, options, signal).batches();
  };
}

function commonOf({ images, members, options }: Request): Common {
  const { threads: _, ...shaping } = options;
  const answers = members.map(({ classifier: { classes, heads, preprocessing }, ...counts }) => ({
    ...{ classes, heads, preprocessing, ...counts },
  }));
  return {
    images: String(images),
    options: sha256(JSON.stringify([shaping, answers])),
    weights: sha256OfPieces(weightsIn(members)),
  };
}

function* weightsIn(members: readonly Member[]): Generator<Uint8Array> {
  for (const { classifier } of members) {
    for (const { values } of weightsOf(classifier.model)) {
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    }
  }
}

/** @throws InvalidInputError where a worker has something else than worker 0 */
async function checkCommon(cluster: Cluster, { images }: Piece, common: Common): Promise<void> {
  const digests = { ...common, images: sha256OfPieces(namesOf(images, common.images)) };
  const names = Object.keys(digests) as (keyof Common)[];
  const own = names.flatMap((name) => [...Buffer.from(sha256(digests[name]), 'hex')]);
  const all = await gatherNumbers(cluster, Float32Array.from(own));
  const length = own.length / names.length;
  const partOf = (worker: number, name: number) =>
    String(all[worker]?.subarray(name * length, (name + 1) * length));
  for (let worker = 1; worker < cluster.size; worker++) {
    const different = names.filter((_, name) => partOf(worker, name) !== partOf(0, name));
    if (different.length > 0) {
      const name = workerName(cluster.workers, worker);
      throw new InvalidInputError(
        `${name} has other ${different.join(' and ')} than ${workerName(cluster.workers, 0)}. Give all workers the same`,
      );
    }
  }
}

/** What tells images from others on any machine: where they lie may differ. */
function* namesOf(images: readonly ImageFile[], all: string): Generator<string> {
  yield all;
  for (const { path: file, range, box } of images) {
    yield JSON.stringify([path.basename(file), range, box]);
  }
}

/** How a worker comes to a round. */
const states = { goesOn: 0, failed: 1, stopped: 2 };

/** What a worker adds to a round: a batch, if it has one, or why there is none. */
interface Part {
  state: number;
  batch?: StreamedBatch;
  error?: unknown;
}

class Division {
  /** Images of a batch. */
  private readonly size: number;
  /** Batches of all workers. */
  private readonly count: number;
  private readonly rounds: number;

  constructor(
    private readonly cluster: Cluster,
    private readonly piece: Piece,
    private readonly options: StreamOptions,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.size = fullBatch(options);
    this.count = Math.ceil(piece.images.length / this.size);
    this.rounds = Math.ceil(this.count / cluster.size);
  }

  /** In each round, every worker computes a batch. The rows of a round travel while their receiver works on those before. */
  async *batches(): AsyncGenerator<DividedBatch> {
    const own = this.own();
    let last: Promise<DividedBatch[]> = Promise.resolve([]);
    let round = 0;
    try {
      for (; round < this.rounds; round++) {
        const part = await this.next(own);
        const finished = await last;
        last = this.gather(round, part);
        // Awaited after the next round has begun, or where the receiver leaves.
        last.catch(() => {});
        yield* finished;
      }
      yield* await last;
    } finally {
      await own.return(undefined);
      await this.leave(round + 1, last);
    }
  }

  /** Where the receiver leaves before the last round, ends the work of the others, which would wait. */
  private async leave(round: number, last: Promise<unknown>): Promise<void> {
    try {
      await last;
      if (round < this.rounds) {
        const error = new Error('it ended the call before the last image. Read there why');
        await this.gather(round, { state: states.failed, error });
      }
    } catch {
      // The others know.
    }
  }

  /** Streams the images of this worker's batches. */
  private async *own(): AsyncGenerator<StreamedBatch> {
    const { size, piece, options, cluster } = this;
    const images = piece.images.filter(
      (_, place) => Math.floor(place / size) % cluster.size === cluster.index,
    );
    if (images.length > 0) {
      yield* streamPiece({ images, first: 0, size: batchImages(piece, options) }, options);
    }
  }

  /** A failure is kept: the other workers must hear of it. */
  private async next(own: AsyncGenerator<StreamedBatch>): Promise<Part> {
    if (this.signal?.aborted) {
      return { state: states.stopped };
    }
    try {
      const { value, done } = await own.next();
      return { state: states.goesOn, ...(done !== true && { batch: value }) };
    } catch (error) {
      return { state: states.failed, error };
    }
  }

  /** The batches of all workers in a round. */
  private async gather(round: number, part: Part): Promise<DividedBatch[]> {
    const { size, options, cluster } = this;
    const { batch } = part;
    const sent = new Float32Array(2 + size * options.columns);
    sent.set([part.state, batch?.failures.length ?? 0]);
    sent.set(batch?.rows ?? [], 2);
    const all = await gatherNumbers(cluster, sent);
    const isQuiet = all.every(([state, failures]) => state === states.goesOn && failures === 0);
    const reasons = isQuiet ? [] : await this.reasons(part);
    const stopped = all.findIndex(([state]) => state === states.stopped);
    if (stopped >= 0) {
      const name = workerName(cluster.workers, stopped);
      throw this.signal?.aborted
        ? this.signal.reason
        : new Error(`${name} was stopped, and all with it`);
    }
    return all.flatMap((numbers, worker) => {
      const found = this.batchOf(round * cluster.size + worker, numbers.subarray(2), {
        reasons: reasons[worker] ?? [],
        waitMs: worker === cluster.index ? (batch?.waitMs ?? 0) : 0,
      });
      return found === undefined ? [] : { ...found, isOwn: worker === cluster.index };
    });
  }

  /**
   * Places in each worker's batch whose image cannot be read, with why.
   *
   * @throws the error of this worker, or one that names the worker that failed
   */
  private async reasons({ error, state, batch }: Part): Promise<[number, string][][]> {
    const told = await together(this.cluster, 'unreadable images', () => {
      if (state === states.failed) {
        throw error;
      }
      const { start = 0, failures = [] } = batch ?? {};
      return JSON.stringify(failures.map(({ index, reason }) => [index - start, reason]));
    });
    return told.map((text) => JSON.parse(text));
  }

  /** Batch `number` of the piece; undefined where it has no such batch. */
  private batchOf(
    number: number,
    rows: Float32Array,
    { reasons, waitMs }: { reasons: [number, string][]; waitMs: number },
  ): StreamedBatch | undefined {
    if (number >= this.count) {
      return undefined;
    }
    const { images, first } = this.piece;
    const from = number * this.size;
    const count = Math.min(this.size, images.length - from);
    const failures = reasons.map(([place, reason]): UnreadableFile => {
      const image = images[from + place] as ImageFile;
      return { index: first + from + place, ...image, reason };
    });
    const own = rows.subarray(0, count * this.options.columns);
    return { start: first + from, count, rows: own, failures, waitMs };
  }
}
