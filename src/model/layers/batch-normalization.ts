/**
 * Batch normalisation for transfer learning: a frozen layer stays as it is, `scale: false` and
 * `center: false` can train, and a 4-D input takes one fused op forwards and one backwards.
 */
import { expected } from '../../errors.js';
import {
  type BatchShare,
  frozenNormalize,
  fusedNormalize,
  rowsOfShare,
  synchronisedNormalize,
  tf,
} from '../../tensorflow/index.js';
import { replaceLayer } from './stock-layers.js';

type StockArguments = NonNullable<Parameters<typeof tf.layers.batchNormalization>[0]>;

/** `axis` may be a list of one axis, as tf.keras 2 writes it. */
export interface BatchNormalizationArguments extends Omit<StockArguments, 'axis'> {
  axis?: number | readonly number[];
}

interface CallArguments {
  training?: boolean;
  /** Where several processes share the batch, what this one has of it. */
  share?: BatchShare | undefined;
}

/** The members of tfjs-layers' own layer that this one uses; tfjs keeps the class private. */
interface StockBatchNormalization {
  new (
    args?: StockArguments,
  ): tf.layers.Layer & {
    axis: number;
    momentum: number;
    epsilon: number;
    gamma?: tf.LayerVariable;
    beta?: tf.LayerVariable;
    movingMean: tf.LayerVariable;
    movingVariance: tf.LayerVariable;
  };
  className: string;
  fromConfig: typeof tf.layers.Layer.fromConfig;
}

const Stock = tf.layers.batchNormalization().constructor as unknown as StockBatchNormalization;

/**
 * Configuration, weights and class name are those of tfjs-layers' (and Keras's) `BatchNormalization`, so
 * saved models load in either. In training, `moving ← momentum · moving + (1 − momentum) · batch`, with
 * the unbiased variance as Keras and torch keep it. With `trainable: false` the layer always uses its
 * moving averages and leaves them alone.
 */
export class BatchNormalization extends Stock {
  static override className = 'BatchNormalization';

  constructor({ axis = -1, ...others }: BatchNormalizationArguments = {}) {
    super({ ...others, axis: oneAxis(axis) });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArguments): tf.Tensor {
    const input = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    return tf.tidy(() =>
      kwargs.training === true && this.trainable
        ? this.normalizeBatch(input, kwargs.share)
        : this.normalizeMoving(input),
    );
  }

  private normalizeMoving(input: tf.Tensor): tf.Tensor {
    if (this.isFusable(input)) {
      return frozenNormalize({
        input,
        gamma: this.gamma?.read(),
        beta: this.beta?.read(),
        mean: this.movingMean.read(),
        variance: this.movingVariance.read(),
        epsilon: this.epsilon,
      });
    }
    const shape = this.channelShape(input);
    const wide = (variable?: tf.LayerVariable) => variable?.read().reshape(shape);
    return tf.batchNorm(
      input as tf.Tensor4D,
      wide(this.movingMean) as tf.Tensor4D,
      wide(this.movingVariance) as tf.Tensor4D,
      wide(this.beta) as tf.Tensor4D | undefined,
      wide(this.gamma) as tf.Tensor4D | undefined,
      this.epsilon,
    );
  }

  private normalizeBatch(input: tf.Tensor, share: BatchShare | undefined): tf.Tensor {
    const gamma = this.gamma?.read();
    const beta = this.beta?.read();
    // In the place of an empty share there is a row that does not count.
    const isEmpty = share !== undefined && !share.synchronised && rowsOfShare(share) === 0;
    const observe = (mean: tf.Tensor, variance: tf.Tensor) => {
      if (!isEmpty) {
        this.move(this.movingMean, mean);
        this.move(this.movingVariance, variance);
      }
    };
    if (share?.synchronised) {
      return this.normalizeShared(input, share, observe);
    }
    return this.isFusable(input)
      ? fusedNormalize({ input, gamma, beta, epsilon: this.epsilon, observe })
      : this.composedNormalize(input, observe);
  }

  /** The fused op takes an image with its channels last. */
  private normalizeShared(
    input: tf.Tensor,
    share: BatchShare,
    observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
  ): tf.Tensor {
    const axis = this.channelAxis(input);
    const last = input.rank - 1;
    const exchanged = input.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    const turned = axis === last ? input : input.transpose(exchanged);
    const output = synchronisedNormalize({
      input: turned.rank === 4 ? turned : turned.reshape([-1, 1, 1, input.shape[axis] as number]),
      gamma: this.gamma?.read(),
      beta: this.beta?.read(),
      epsilon: this.epsilon,
      near: this.movingMean.read(),
      observe,
      share,
    }).reshape(turned.shape);
    return axis === last ? output : output.transpose(exchanged);
  }

  private composedNormalize(
    input: tf.Tensor,
    observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
  ): tf.Tensor {
    const axis = this.channelAxis(input);
    const { mean, variance } = tf.moments(
      input,
      input.shape.flatMap((_, i) => (i === axis ? [] : [i])),
      true,
    );
    const count = input.size / mean.size;
    observe(mean.flatten(), variance.flatten().mul(count / Math.max(1, count - 1)));
    const shape = this.channelShape(input);
    const normal = input.sub(mean).mul(tf.rsqrt(variance.add(this.epsilon)));
    const scaled = this.gamma ? normal.mul(this.gamma.read().reshape(shape)) : normal;
    return this.beta ? scaled.add(this.beta.read().reshape(shape)) : scaled;
  }

  private isFusable(input: tf.Tensor): boolean {
    return tf.getBackend() === 'tensorflow' && input.rank === 4 && this.channelAxis(input) === 3;
  }

  private channelAxis(input: tf.Tensor): number {
    return this.axis >= 0 ? this.axis : this.axis + input.rank;
  }

  private channelShape(input: tf.Tensor): number[] {
    const axis = this.channelAxis(input);
    // tf.batchNorm broadcasts, but is one op only with the vectors it gets for the last axis.
    if (axis === input.rank - 1) {
      return [input.shape[axis] as number];
    }
    return input.shape.map((size, i) => (i === axis ? size : 1));
  }

  private move(moving: tf.LayerVariable, batch: tf.Tensor): void {
    const current = moving.read();
    moving.write(current.add(batch.sub(current).mul(1 - this.momentum)));
  }
}

function oneAxis(axis: number | readonly number[]): number {
  const [one = axis, ...more] = Array.isArray(axis)
    ? (axis as readonly number[])
    : [axis as number];
  if (typeof one !== 'number' || more.length > 0) {
    throw expected('one axis', 'axis of BatchNormalization', axis);
  }
  return one;
}

replaceLayer('batchNormalization', BatchNormalization);
