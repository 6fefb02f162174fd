/** One training step, and its counterpart for validation. */
import type { Batch, PixelType } from '../pipeline/index.js';
import { adoptBatch, targetsOf, tf } from '../tensorflow/index.js';
import { crossEntropies, smoothed } from './cross-entropy.js';
import type { Network } from './network.js';
import type { Updater } from './optimizer/index.js';

/** Sums over the images of one batch. */
export interface BatchResult {
  images: number;
  /** Cross-entropy in nats. */
  loss: number;
  /** Images whose top class is right: that of the larger share where two are mixed. */
  correct: number;
}

export interface StepOptions {
  network: Network;
  updater: Updater;
  classes: number;
  /** Share of the target spread evenly over all classes. */
  labelSmoothing: number;
}

/**
 * Trains on `batch`, which ends with it. `key` names the step: dropout depends on it and on nothing else.
 * With accumulated gradients, the optimizer takes its step after the batch that `isLast` of them.
 */
export function trainStep(
  batch: Batch<PixelType>,
  { network, updater, classes, labelSmoothing }: StepOptions,
  { key, learningRate, isLast }: { key: string; learningRate: number; isLast: boolean },
): BatchResult {
  return tf.tidy(() => {
    const input = network.frozen(adoptBatch(batch));
    const targets = smoothed(targetsOf(batch, classes), labelSmoothing);
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(
      () => {
        logits = tf.keep(network.learn(input, { training: true, dropoutKey: key }));
        return updater.scaled(crossEntropies(logits, targets).mean());
      },
      network.variables.map(({ variable }) => variable),
    );
    const rate = tf.scalar(learningRate);
    updater.take(grads, batch.count, rate);
    if (isLast) updater.step(rate);
    const correct = countCorrect(logits as tf.Tensor2D, mainLabels(batch));
    logits?.dispose();
    return { images: batch.count, loss: scalarOf(value) * batch.count, correct };
  });
}

/** The result of a batch in prediction; `batch` ends with it. Rows marked as damaged do not count. */
export function validationStep(batch: Batch, network: Network, classes: number): BatchResult {
  return tf.tidy(() => {
    const logits = network.infer(adoptBatch(batch));
    const losses = crossEntropies(logits, targetsOf(batch, classes));
    return {
      images: batch.labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0),
      loss: scalarOf(losses.sum()),
      correct: countCorrect(logits, batch.labels),
    };
  });
}

/** Each image's label, or its partner's where that one has the larger share. */
const mainLabels = ({ labels, partnerLabels, weights }: Batch<PixelType>): Int32Array =>
  labels.map((label, i) => ((weights[i] as number) < 0.5 ? (partnerLabels[i] as number) : label));

const countCorrect = (logits: tf.Tensor2D, labels: Int32Array): number =>
  scalarOf(logits.argMax(-1).equal(tf.tensor1d(labels, 'int32')).sum());

const scalarOf = (tensor: tf.Tensor): number => tensor.dataSync()[0] as number;
