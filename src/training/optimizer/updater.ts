/** Sums, unscales and clips gradients, applies them by the optimizer, and averages the weights. */
import { pickOptions } from '../../options.js';
import { allReduce, executeOp, tf } from '../../tensorflow/index.js';
import { globalNorm } from './global-norm.js';
import { GradientSum, mapValues } from './gradient-sum.js';
import { withLayerRates } from './layer-decay.js';
import { optimizers } from './list.js';
import { LossScale } from './loss-scale.js';
import type { NamedVariable, Optimizer, OptimizerEntry, Slot, State } from './optimizer.js';
import type { UpdaterOptions } from './options.js';
import { WeightAverage } from './weight-average.js';

/** What one of several workers has of a batch. */
export interface SharedGradients {
  /** Of the {@link Updater.scaled} mean loss of its share, times the weight of that mean. */
  gradients: tf.NamedTensorMap;
  /** In parts of the batch. */
  weight: tf.Scalar;
  /** Of the whole batch. */
  rows: number;
  /** What else is added up over the workers. */
  sums: tf.Tensor1D;
}

export class Updater implements State {
  /** Undefined when `averageDecay` is 0. */
  readonly average: WeightAverage | undefined;
  private readonly optimizer: Optimizer;
  private readonly sum: GradientSum | undefined;
  /** How gradients travel between workers; undefined if one process has them all. */
  private readonly travel: { bucketMB: number } | undefined;
  private readonly lossScale: LossScale | undefined;

  constructor(
    variables: readonly NamedVariable[],
    private readonly options: UpdaterOptions,
    /** Of a training that several workers share. */
    workers?: { bucketMB: number },
  ) {
    this.travel = workers && { bucketMB: workers.bucketMB };
    const { optimizer, layerDecay, averageDecay, accumulate, precision } = options;
    const entry = optimizers[optimizer] as OptimizerEntry;
    this.optimizer = entry.create(
      withLayerRates(variables, layerDecay),
      pickOptions(entry.options, options),
    );
    if (averageDecay > 0) {
      this.average = new WeightAverage(variables, averageDecay);
    }
    if (accumulate > 1) {
      this.sum = new GradientSum(variables);
    }
    if (precision === 'float16') {
      this.lossScale = new LossScale();
    }
  }

  /** The loss to compute gradients from: scaled, with float16. */
  scaled(loss: tf.Scalar): tf.Scalar {
    return this.lossScale === undefined ? loss : tf.mul(loss, this.lossScale.value);
  }

  /**
   * Takes the gradients of the {@link scaled} mean loss, whose `weight` is its number of images or labels. Without accumulation
   * the weights change at once, else in {@link step}.
   */
  take(
    gradients: tf.NamedTensorMap,
    weight: number | tf.Scalar,
    learningRate: tf.Scalar,
    momentum?: tf.Scalar,
  ): void {
    if (this.sum === undefined) {
      this.apply(gradients, learningRate, momentum);
    } else {
      this.sum.add(gradients, weight);
    }
  }

  /**
   * As {@link take}, by the mean over all workers. The sums travel with the gradients.
   *
   * @returns the sums over all workers
   */
  takeShare(
    { gradients, weight, rows, sums }: SharedGradients,
    learningRate: tf.Scalar,
    momentum?: tf.Scalar,
  ): tf.Tensor1D {
    const { sum, travel } = this;
    return tf.tidy(() => {
      if (sum !== undefined) {
        // The last batch of an epoch may have fewer rows, and each row counts the same.
        const byRow = mapValues(gradients, (gradient) => tf.mul(gradient, rows));
        sum.addWeighted(byRow, tf.mul(weight, rows) as tf.Scalar);
        return allReduce(sums);
      }
      const all = allReduce({ sums, weight, gradients }, travel);
      this.apply(meanOf(all.gradients, all.weight), learningRate, momentum);
      return all.sums;
    });
  }

  /** With accumulation, takes a step by the mean over all since the last step. */
  step(learningRate: tf.Scalar, momentum?: tf.Scalar): void {
    const { sum, travel } = this;
    tf.tidy(() => {
      if (sum !== undefined) {
        const mean = sum.take((gradients, weight) => {
          const all = travel ? allReduce({ weight, gradients }, travel) : { weight, gradients };
          return meanOf(all.gradients, all.weight);
        });
        this.apply(mean, learningRate, momentum);
      }
    });
  }

  private apply(
    gradients: tf.NamedTensorMap,
    learningRate: tf.Scalar,
    momentum: tf.Scalar | undefined,
  ): void {
    tf.tidy(() => {
      const { fit, usable } = this.fitted(gradients);
      this.optimizer.apply(fit, learningRate, usable, momentum);
      this.average?.update(usable);
      if (usable !== undefined) {
        this.lossScale?.update(usable);
      }
    });
  }

  /** The gradients unscaled and clipped; with a scaled loss also whether they are finite. */
  private fitted(gradients: tf.NamedTensorMap): { fit: tf.NamedTensorMap; usable?: tf.Scalar } {
    const { clipNorm } = this.options;
    const { lossScale } = this;
    if (clipNorm === 0 && lossScale === undefined) {
      return { fit: gradients };
    }
    const norm = globalNorm(Object.values(gradients));
    const usable = tf.isFinite(norm) as tf.Scalar;
    const unscale = lossScale === undefined ? tf.scalar(1) : tf.div(1, lossScale.value);
    const clip = clipNorm === 0 ? 1 : tf.div(clipNorm, tf.maximum(tf.mul(norm, unscale), clipNorm));
    const factor = tf.mul(unscale, clip) as tf.Scalar;
    if (lossScale === undefined) {
      // A norm that overflows would clip every step to 0, and training would stand still without a word.
      const share = tf.where(usable, factor, Number.NaN);
      return { fit: mapValues(gradients, (g) => tf.mul(g, share)) };
    }
    const share = tf.where(usable, factor, 0) as tf.Scalar;
    return { fit: mapValues(gradients, (g) => multiplyNoNan(g, share)), usable };
  }

  /** The result of `work`, during which each weight has the value of its average, if there are averages. */
  async withAverages<Result>(work: () => Promise<Result>): Promise<Result> {
    this.average?.swap();
    return await work().finally(() => this.average?.swap());
  }

  stateVariables(): tf.Variable[] {
    return this.states().flatMap((state) => state.stateVariables());
  }

  slots(): Slot[] {
    return this.states().flatMap((state) => state.slots());
  }

  restore(slots: readonly Slot[]): void {
    for (const state of this.states()) {
      state.restore(slots);
    }
  }

  dispose(): void {
    for (const state of this.states()) {
      state.dispose();
    }
  }

  private states(): State[] {
    const all = [this.optimizer, this.average, this.sum, this.lossScale];
    return all.filter((state) => state !== undefined);
  }
}

const meanOf = (sums: tf.NamedTensorMap, weight: tf.Scalar): tf.NamedTensorMap =>
  mapValues(sums, (sum) => tf.div(sum, weight));

/** tensor · factor, but zeros if the factor is 0, also for infinities and NaN. */
function multiplyNoNan(tensor: tf.Tensor, factor: tf.Scalar): tf.Tensor {
  const attributes = { T: { type: 'dtype', value: 'float32' } } as const;
  return executeOp({ name: 'MulNoNan', inputs: [tensor, factor], attributes })[0] as tf.Tensor;
}
