/** An epoch of `fit`: batches through a traced step, each fetched while the step before it runs. */
import { expected } from '../errors.js';
import type { Batch, PixelType } from '../pipeline/index.js';
import { adoptBatch, type JitOptions, type Jitted, jit, tf } from '../tensorflow/index.js';

/** Means of the loss and the metrics, by the names that tfjs gives them. */
export type Logs = Record<string, number>;

export interface PassOptions {
  /** Takes [images, targets] and gives the loss and the metrics, each a mean over the batch. */
  run: (data: tf.Tensor[]) => tf.Tensor[];
  /** Of its results. */
  names: readonly string[];
  targetsOf: (batch: Batch<PixelType>) => tf.Tensor;
  /** A number that the step depends on: when it has changed, the step is traced anew. */
  setting?: () => number | undefined;
  jit: Partial<JitOptions>;
}

/** Sums since the epoch began. */
export interface PassState {
  steps: number;
  images: number;
  elapsedMs: number;
  /** The part of it in which no step ran, because its batch was not there. */
  waitMs: number;
}

interface Pair {
  x: tf.Tensor;
  y: tf.Tensor;
}

/** Holds the trace and the sums of loss and metrics, which stay with TensorFlow; `dispose` frees them. */
export class Pass {
  private readonly totals: tf.Variable;
  private readonly step: Jitted<(pair: Pair, setting?: number) => void>;
  private state: PassState = { steps: 0, images: 0, elapsedMs: 0, waitMs: 0 };
  private running: Promise<void> = Promise.resolve();
  private beganAt = 0;
  /** When the last step ended; infinite while one runs. */
  private endedAt = 0;

  constructor(private readonly options: PassOptions) {
    const totals = tf.tidy(() => tf.variable(tf.zeros([options.names.length]), false));
    this.totals = totals;
    this.step = jit(({ x, y }: Pair) => {
      const means = options.run([x, y]);
      totals.assign(totals.add(tf.stack(means).mul(x.shape[0] as number)));
      // tfjs keeps the metrics beyond any tidy.
      tf.dispose(means);
    }, options.jit);
  }

  /**
   * Runs the batches. `report` is told of each step before the next begins, when variables may be read;
   * where it says false, the rest is left.
   */
  async epoch(
    batches: AsyncIterable<Batch<PixelType>>,
    report: (state: PassState) => boolean,
  ): Promise<PassState> {
    tf.tidy(() => this.totals.assign(tf.zerosLike(this.totals as tf.Tensor)));
    this.state = { steps: 0, images: 0, elapsedMs: 0, waitMs: 0 };
    this.beganAt = performance.now();
    this.endedAt = this.beganAt;
    let askedAt = this.beganAt;
    for await (const batch of batches) {
      this.state.waitMs += Math.max(0, performance.now() - Math.max(askedAt, this.endedAt));
      const pair = this.take(batch);
      await this.running;
      const goesOn = this.state.steps === 0 || report(this.state);
      if (goesOn && pair.x.shape[0] !== 0) this.begin(pair);
      tf.dispose({ ...pair });
      if (!goesOn) return this.state;
      askedAt = performance.now();
    }
    await this.running;
    report(this.state);
    return this.state;
  }

  /** Means over the epoch so far; to be read between two steps. */
  logs(): Logs {
    const totals = this.totals.dataSync();
    return Object.fromEntries(
      this.options.names.map((name, i) => [name, (totals[i] as number) / this.state.images]),
    );
  }

  async dispose(): Promise<void> {
    await Promise.allSettled([this.running]);
    this.step.dispose();
    this.totals.dispose();
  }

  private begin(pair: Pair): void {
    this.endedAt = Number.POSITIVE_INFINITY;
    const images = pair.x.shape[0] as number;
    this.running = this.step.async(pair, this.options.setting?.()).then(() => {
      this.endedAt = performance.now();
      this.state.steps += 1;
      this.state.images += images;
      this.state.elapsedMs = this.endedAt - this.beganAt;
    });
    // Its failure is heard when it is awaited, after the next batch has come.
    this.running.catch(() => {});
  }

  /** The batch as tensors, without the images that are marked as damaged. */
  private take(batch: Batch<PixelType>): Pair {
    if (batch.shape[0] !== batch.count) {
      batch.release();
      throw expected('one view an image', 'fit', `${batch.shape[0] / batch.count} views`);
    }
    return tf.tidy(() => {
      const [x, y] = [adoptBatch(batch), this.options.targetsOf(batch)];
      if (!batch.indices.includes(-1)) return { x, y };
      const usable = [...batch.indices.keys()].filter((row) => batch.indices[row] !== -1);
      const rows = tf.tensor1d(usable, 'int32');
      return { x: tf.gather(x, rows), y: tf.gather(y, rows) };
    }) as Pair & tf.TensorContainer;
  }
}
