/** An epoch of `fit`: each batch goes through a jitted step and is fetched while the step before it runs. */
import { conflict, expected } from '../../errors.js';
import { overlapped } from '../../overlap.js';
import type { Batch, PixelType } from '../../pipeline/index.js';
import {
  adoptBatch,
  gpuInUse,
  type JitOptions,
  type Jitted,
  jit,
  tf,
} from '../../tensorflow/index.js';

/** Means of the loss and the metrics, by the names that tfjs gives them. */
export type Logs = Record<string, number>;

export interface PassOptions {
  /** Takes [images, targets] and gives the loss and the metrics, each a mean over the batch. */
  run: (data: tf.Tensor[]) => tf.Tensor[];
  /** Names of its results. */
  names: readonly string[];
  targetsOf: (batch: Batch<PixelType>) => tf.Tensor;
  /** The error about the loss of a step, counted from 1 in each epoch, that is not finite. */
  refuse: (step: number, loss: number, lastLoss: number | undefined) => Error;
  /** A number that the step depends on: a new value costs a trace. */
  setting?: () => number | undefined;
  jit: Partial<JitOptions>;
}

/** Sums over the epoch so far. */
export interface PassState {
  steps: number;
  images: number;
  elapsedMs: number;
  /** The part of it in which no step ran because its batch was not ready. */
  waitMs: number;
}

interface Pair {
  x: tf.Tensor;
  y: tf.Tensor;
}

/** Holds the trace, and the sums of loss and metrics as a TensorFlow variable; `dispose` frees them. */
export class Pass {
  private readonly totals: tf.Variable;
  /** [steps, loss of the last of them] of this epoch before a loss was not finite. */
  private readonly finite: tf.Variable;
  private readonly step: Jitted<(pair: Pair, setting?: number) => void>;
  private images = 0;

  constructor(private readonly options: PassOptions) {
    const zeros = (length: number) => tf.tidy(() => tf.variable(tf.zeros([length]), false));
    const [totals, finite] = [zeros(options.names.length), zeros(2)];
    this.totals = totals;
    this.finite = finite;
    this.step = jit(({ x, y }: Pair) => {
      const means = options.run([x, y]);
      const sums = totals.add(tf.stack(means).mul(x.shape[0] as number));
      totals.assign(sums);
      // Once a sum is not finite, it stays so.
      const stillFinite = tf.isFinite(sums.slice(0, 1));
      const steps = finite.slice(0, 1).add(1);
      const now = tf.concat([steps, (means[0] as tf.Tensor).reshape([1])]);
      finite.assign(tf.where(stillFinite, now, finite as tf.Tensor));
      // tfjs excludes the metrics from every tidy.
      tf.dispose(means);
    }, options.jit);
  }

  /**
   * Runs the batches. `report` is called after each step and before the next, when variables may be read;
   * when it returns false, the epoch ends. On a GPU only {@link logs} reads losses, since reading waits for the GPU.
   */
  async epoch(
    batches: AsyncIterator<Batch<PixelType>>,
    report: (state: PassState) => boolean,
  ): Promise<void> {
    for (const sums of [this.totals, this.finite]) {
      tf.tidy(() => sums.assign(tf.zerosLike(sums as tf.Tensor)));
    }
    const readsEachLoss = gpuInUse() === undefined;
    const state: PassState = { steps: 0, images: 0, elapsedMs: 0, waitMs: 0 };
    const began = performance.now();
    for await (const { input, waitMs } of overlapped(batches, {
      prepare: (batch) => this.take(batch),
      step: (pair) => this.run(pair),
      discard: ({ x, y }) => tf.dispose([x, y]),
    })) {
      state.steps += 1;
      state.images += input.x.shape[0] as number;
      state.waitMs += waitMs;
      state.elapsedMs = performance.now() - began;
      this.images = state.images;
      if (readsEachLoss) {
        this.read();
      }
      if (!report(state)) {
        return;
      }
    }
  }

  /**
   * Means over the epoch so far. Call it between two steps.
   *
   * @throws what `refuse` makes of a loss that is not finite
   */
  logs(): Logs {
    const totals = this.read();
    const means = this.options.names.map((name, i) => [
      name,
      (totals[i] as number) / Math.max(1, this.images),
    ]);
    return Object.fromEntries(means);
  }

  dispose(): void {
    this.step.dispose();
    this.totals.dispose();
    this.finite.dispose();
  }

  private read(): tf.TypedArray {
    const totals = this.totals.dataSync();
    const [loss] = totals as unknown as [number];
    if (!Number.isFinite(loss)) {
      const [steps, last] = this.finite.dataSync() as unknown as [number, number];
      throw this.options.refuse(steps + 1, loss, steps === 0 ? undefined : last);
    }
    return totals;
  }

  private async run({ x, y }: Pair): Promise<void> {
    try {
      if (x.shape[0] !== 0) {
        await this.step.async({ x, y }, this.options.setting?.());
      }
    } finally {
      tf.dispose([x, y]);
    }
  }

  /**
   * The batch as tensors, without the images that are marked as damaged.
   *
   * @throws InvalidInputError when images have several views, or the targets have not a row for each image
   */
  private take(batch: Batch<PixelType>): Pair {
    if (batch.shape[0] !== batch.count) {
      const views = batch.shape[0] / batch.count;
      batch.release();
      throw conflict(`A loader with ${views} views of each image`, 'fit', 'Use a crop of one view');
    }
    return tf.tidy(() => {
      const [x, y] = [adoptBatch(batch), this.options.targetsOf(batch)];
      if (y.shape[0] !== batch.count) {
        throw expected(`a row for each of ${batch.count} images`, 'targets', y.shape);
      }
      if (!batch.indices.includes(-1)) {
        return { x, y };
      }
      const usable = [...batch.indices.keys()].filter((row) => batch.indices[row] !== -1);
      const rows = tf.tensor1d(usable, 'int32');
      return { x: tf.gather(x, rows), y: tf.gather(y, rows) };
    }) as Pair & tf.TensorContainer;
  }
}
