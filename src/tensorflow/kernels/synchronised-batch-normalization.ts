/** Batch normalisation by the statistics of a whole batch that several workers share. */
import * as tf from '@tensorflow/tfjs';
import { allReduce } from '../collectives/all-reduce.js';
import { executeOp } from '../ops.js';
import { type BatchShare, rowsOfShare } from '../random.js';
import { attributesOf, type FusedNormalizeOptions } from './fused-batch-normalization.js';

/** What `synchronisedNormalize` is called with. */
export interface SynchronisedNormalizeOptions extends FusedNormalizeOptions {
  /**
   * Numbers per channel that are equal on all workers and, if possible, near the mean, such as the moving average: the workers add
   * up differences from them, since sums of squares of numbers far from 0 lose digits.
   */
  near: tf.Tensor;
  share: BatchShare;
}

/**
 * Normalises a share of a batch by the mean and the variance of the whole batch, forwards and backwards (Ioffe & Szegedy 2015,
 * https://arxiv.org/abs/1502.03167, algorithm 1 and its gradient), as one process normalises the whole. The batch's mean and
 * variance follow from those of each worker, by the shifted sums of Chan, Golub & LeVeque 1983
 * (https://doi.org/10.1080/00031305.1983.10483115). With N positions in the batch, and Σ over all of them,
 *
 *     dx = γ / √(σ² + ε) · (dy − Σ dy / N − x̂ · Σ (dy · x̂) / N)
 *
 * The gradients of gamma and beta are those of the share. Needs the 'tensorflow' backend and, in a cluster, a jitted function.
 */
export function synchronisedNormalize(options: SynchronisedNormalizeOptions): tf.Tensor {
  const { input, gamma, beta, epsilon, observe, near, share } = options;
  const channels = input.shape[3] as number;
  const rows = rowsOfShare(share);
  // In the place of an empty share there is a row that does not count.
  const positions = input.size / channels / Math.max(1, rows);
  const size = positions * share.rows;
  const attributes = attributesOf(epsilon, false);
  const normalized = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, statistics: Statistics) =>
    executeOp({
      name: 'FusedBatchNormV3',
      inputs: [x, scale, offset, ...statistics],
      attributes,
      outputs: 6,
    });
  const run = tf.customGrad((...args) => {
    const [x, scale, offset, save] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const sums = shiftedMeans(x, near, epsilon).map((sum) => tf.mul(sum, positions * rows));
    const [shift, square] = halves(tf.div(allReduce(tf.concat(sums)), size));
    const mean = tf.add(near, shift);
    const variance = tf.relu(tf.sub(square, tf.square(shift)));
    observe(mean, tf.mul(variance, size / Math.max(1, size - 1)));
    const [value, , , , , unused] = normalized(x, scale, offset, [mean, variance]);
    save([x, scale, mean, variance, unused as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      // By the statistics as if they were given: without the two sums.
      const [dx, dscale, doffset] = executeOp({
        name: 'FusedBatchNormGradV3',
        inputs: [dy, ...saved],
        attributes,
        outputs: 5,
      }) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [x, scale, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const factor = tf.div(tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon))), -size);
      const reduced = halves(allReduce(tf.concat([dscale, doffset])));
      const [a, b] = reduced.map((sum) => tf.mul(sum, factor)) as [tf.Tensor, tf.Tensor];
      const [lacking] = normalized(x, a, b, [mean, variance]) as [tf.Tensor];
      return [rows === 0 ? tf.zerosLike(dx) : tf.add(dx, lacking), dscale, doffset];
    };
    return { value: value as tf.Tensor, gradFunc };
  });
  return run(input, gamma ?? tf.ones([channels]), beta ?? tf.zeros([channels]));
}

type Statistics = [mean: tf.Tensor, variance: tf.Tensor];

/** Means of x − near and of its square, per channel. */
function shiftedMeans(x: tf.Tensor, near: tf.Tensor, epsilon: number): tf.Tensor1D[] {
  const { size } = near;
  const none = tf.tensor1d([]);
  const [, mean, corrected] = executeOp({
    name: 'FusedBatchNormV3',
    inputs: [x, tf.ones([size]), tf.zeros([size]), none, none],
    attributes: attributesOf(epsilon, true),
    outputs: 6,
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const count = x.size / size;
  const variance = tf.mul(corrected, Math.max(1, count - 1) / count);
  const shift = tf.sub(mean, near);
  return [shift, tf.add(variance, tf.square(shift))] as tf.Tensor1D[];
}

const halves = (both: tf.Tensor): [tf.Tensor, tf.Tensor] =>
  tf.split(both, 2) as [tf.Tensor, tf.Tensor];
