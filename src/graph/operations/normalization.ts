/** Normalisations: by the statistics of the batch, of an example or of a position. */
import { frozenNormalize, fusedNormalize, type tf } from '../../tensorflow/index.js';
import { arranged, memoryOrder } from '../axes.js';
import type { Operation } from '../node.js';
import type { DeviceValue } from '../values.js';

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
    const observe = (batchMean: tf.Tensor, batchVariance: tf.Tensor) => {
      if (areWeights) {
        move(movingMean, batchMean, momentum);
        move(movingVariance, batchVariance, momentum);
      }
    };
    return restore(fusedNormalize({ ...options, observe }));
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
  return [image, (output) => ({ tensor: output.reshape(shape), axes: memoryOrder(order) })];
}
