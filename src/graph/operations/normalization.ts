/** Normalisations: by the statistics of the batch, of an example or of a position. */
import {
  frozenNormalize,
  fusedNormalize,
  rowsOfShare,
  synchronisedNormalize,
  tf,
} from '../../tensorflow/index.js';
import { arranged, inShape, memoryOrder, reshaped } from '../axes.js';
import type { Operation } from '../node.js';
import type { DeviceValue } from '../values.js';
import { broadcast } from './broadcast.js';

/**
 * By the statistics of the batch in training, and by the weights that average them otherwise. Statistics that are no weights
 * stay as they are: with `training_mode`, exporters write the standardisation of a kernel so
 * (https://arxiv.org/abs/1903.10520).
 */
export const BatchNormalization: Operation = (node) => {
  const epsilon = node.number('epsilon', 1e-5);
  const momentum = node.number('momentum', 0.9);
  const isTrainingMode = node.flag('training_mode', false);
  return (call) => {
    const value = call.device(0);
    const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((input) => call.device(input)) as [
      DeviceValue,
      DeviceValue,
      DeviceValue,
      DeviceValue,
    ];
    const { variable: movingMean } = mean;
    const { variable: movingVariance } = variance;
    const areWeights = movingMean !== undefined && movingVariance !== undefined;
    const usesBatch = areWeights ? call.isTraining : isTrainingMode;
    const [input, restore] = channelsLast(value);
    const options = { input, gamma: gamma.tensor, beta: beta.tensor, epsilon };
    if (!usesBatch) {
      const statistics = { mean: mean.tensor, variance: variance.tensor };
      return restore(frozenNormalize({ ...options, ...statistics }));
    }
    const { share } = call;
    // In the place of an empty share there is a row that does not count.
    const isEmpty = share !== undefined && !share.synchronised && rowsOfShare(share) === 0;
    const observe = (batchMean: tf.Tensor, batchVariance: tf.Tensor) => {
      if (areWeights && !isEmpty) {
        move(movingMean, batchMean, momentum);
        move(movingVariance, batchVariance, momentum);
      }
    };
    return restore(
      areWeights && share?.synchronised
        ? synchronisedNormalize({ ...options, observe, near: mean.tensor, share })
        : fusedNormalize({ ...options, observe }),
    );
  };
};

function move(moving: tf.LayerVariable, batch: tf.Tensor, momentum: number): void {
  const current = moving.read();
  moving.write(current.add(batch.sub(current).mul(1 - momentum)));
}

/** The value as an image with its axis 1 last, as the fused op takes it, and the way back. */
function channelsLast(value: DeviceValue): [tf.Tensor, (image: tf.Tensor) => DeviceValue] {
  const order = [...memoryOrder(value.axes).filter((axis) => axis !== 1), 1];
  const tensor = arranged(value, order);
  const { shape } = tensor;
  const channels = shape[shape.length - 1] as number;
  const image = shape.length === 4 ? tensor : tensor.reshape([-1, 1, 1, channels]);
  return [image, (output) => ({ tensor: inShape(output, shape), axes: memoryOrder(order) })];
}

/** By the mean and the variance of the last axes, from `axis` on: https://arxiv.org/abs/1607.06450. */
export const LayerNormalization: Operation = (node) => {
  const epsilon = node.number('epsilon', 1e-5);
  const axis = node.number('axis', -1);
  node.ignore('stash_type');
  return (call) => {
    const value = call.device(0);
    const first = node.axis(axis, value.axes.length);
    return scaled(
      standardized(value, value.axes.slice(first), epsilon),
      call.device(1),
      call.optional(2),
    );
  };
};

/** Each channel of each example by its own mean and variance: https://arxiv.org/abs/1607.08022. */
export const InstanceNormalization: Operation = (node) => {
  const epsilon = node.number('epsilon', 1e-5);
  return (call) => {
    const value = call.device(0);
    const { axes } = value;
    const [scale, offset] = [1, 2].map((input) => alongChannels(call.device(input), axes.length));
    return scaled(standardized(value, axes.slice(2), epsilon), scale as DeviceValue, offset);
  };
};

/** With mean 0 and variance 1 over axes of the tensor. */
function standardized({ tensor, axes }: DeviceValue, over: readonly number[], epsilon: number) {
  const { mean, variance } = tf.moments(tensor, [...over], true);
  return { tensor: tensor.sub(mean).mul(tf.rsqrt(variance.add(epsilon))), axes };
}

const scaled = (value: DeviceValue, scale: DeviceValue, offset?: DeviceValue): DeviceValue => {
  const product = broadcast([value, scale], tf.mul);
  return offset === undefined ? product : broadcast([product, offset], tf.add);
};

/** A number for each channel, axis 1 of `rank` axes. */
const alongChannels = (value: DeviceValue, rank: number): DeviceValue =>
  reshaped(value, [value.tensor.size, ...Array<number>(rank - 2).fill(1)]);
