/** A usual training step with tfjs-node: tfjs's layers and optimizer, without Bobbin's. */
import { tf } from '../../../src/tensorflow/index.js';
import { readJob } from '../../job.js';
import {
  batchOf,
  learningRate,
  momentum,
  networkOf,
  type TrainJob,
  timeTraining,
} from '../../train/job.js';

const job = readJob<TrainJob>();
const network = await networkOf(job);
const { images, targets } = batchOf(job);
const optimizer = tf.train.momentum(learningRate, momentum);

const step = () =>
  optimizer.minimize(
    () =>
      tf.losses.softmaxCrossEntropy(
        targets,
        network.apply(images, { training: true }) as tf.Tensor,
      ) as tf.Scalar,
    true,
  ) as tf.Scalar;

await timeTraining(job, {
  forward: () => network.predict(images) as tf.Tensor,
  step: () => tf.tidy(() => step().dataSync()[0] as number),
  version: `tfjs ${tf.version.tfjs}`,
});
