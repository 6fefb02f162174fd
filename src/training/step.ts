/** One training step, and its counterpart for validation. */
import type { Batch, PixelType } from '../pipeline/index.js';
import { adoptBatch, tf } from '../tensorflow/index.js';
import type { Network } from './network.js';
import type { Sgd } from './sgd.js';

/** Sums over the images of one batch. */
export interface BatchResult {
  images: number;
  /** Cross-entropy in nats. */
  loss: number;
  /** Images whose top class is right. */
  correct: number;
}

export interface StepOptions {
  network: Network;
  optimizer: Sgd;
  classes: number;
  /** Share of the target spread evenly over all classes. */
  labelSmoothing: number;
}

/** Trains on `batch`, which ends with it. `key` names the step: dropout depends on it and on nothing else. */
export function trainStep(
  batch: Batch<PixelType>,
  { network, optimizer, classes, labelSmoothing }: StepOptions,
  { key, learningRate }: { key: string; learningRate: number },
): BatchResult {
  return tf.tidy(() => {
    const input = network.frozen(adoptBatch(batch));
    const truth = tf.tensor1d(batch.labels, 'int32');
    const targets = oneHot(truth, classes)
      .mul(1 - labelSmoothing)
      .add(labelSmoothing / classes);
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(
      () => {
        logits = tf.keep(network.learn(input, { training: true, dropoutKey: key }));
        return crossEntropies(logits, targets as tf.Tensor2D)
          .mean()
          .asScalar();
      },
      network.variables.map(({ variable }) => variable),
    );
    optimizer.apply(grads, learningRate);
    const correct = countCorrect(logits as tf.Tensor2D, truth);
    logits?.dispose();
    return { images: batch.count, loss: scalarOf(value) * batch.count, correct };
  });
}

/** The result of a batch in prediction; `batch` ends with it. Rows marked as damaged do not count. */
export function validationStep(batch: Batch, network: Network, classes: number): BatchResult {
  return tf.tidy(() => {
    const logits = network.infer(adoptBatch(batch));
    const truth = tf.tensor1d(batch.labels, 'int32');
    const losses = crossEntropies(logits, oneHot(truth, classes));
    return {
      images: batch.labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0),
      loss: scalarOf(losses.sum()),
      correct: countCorrect(logits, truth),
    };
  });
}

/** Rows of zeros for labels of −1, whose loss is then 0. */
const oneHot = (labels: tf.Tensor1D, classes: number): tf.Tensor2D =>
  tf.oneHot(labels, classes).toFloat() as tf.Tensor2D;

const crossEntropies = (logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor =>
  targets.mul(tf.logSoftmax(logits)).sum(-1).neg();

const countCorrect = (logits: tf.Tensor2D, labels: tf.Tensor1D): number =>
  scalarOf(logits.argMax(-1).equal(labels).sum());

const scalarOf = (tensor: tf.Tensor): number => tensor.dataSync()[0] as number;
