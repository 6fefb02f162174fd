/** A training step and its counterpart for validation, as functions of tensors that can be jitted. */
import { keyOf } from '../../model/index.js';
import type { Batch, PixelType } from '../../pipeline/index.js';
import { adoptBatch, targetsOf, tf } from '../../tensorflow/index.js';
import { crossEntropies } from '../loss/cross-entropy.js';
import type { RowLosses } from '../loss/loss.js';
import type { Updater } from '../optimizer/index.js';
import type { Network } from './network.js';

/** A batch as tensors. */
export interface StepTensors {
  images: tf.Tensor4D;
  /** [images, classes]; zeros in a row that does not count. */
  targets: tf.Tensor2D;
  /** int32 [images]: the class of the larger share, −1 in a row that does not count. */
  labels: tf.Tensor1D;
}

/** The values that change from step to step, besides the batch. */
export interface StepSettings {
  learningRate: tf.Scalar;
  /** Determines the dropout masks. */
  dropoutKey: tf.Tensor1D;
}

/** What a step takes of a batch. */
export interface StepInput {
  tensors: StepTensors;
  /** Number of images that count. */
  images: number;
}

/** Adopts the images of `batch`, whose lease ends with their tensor. */
export function stepInput(batch: Batch<PixelType>, classes: number): StepInput {
  const { labels, partnerLabels, weights } = batch;
  const main = labels.map((label, i) =>
    (weights[i] as number) < 0.5 ? (partnerLabels[i] as number) : label,
  );
  const tensors: StepTensors = {
    targets: targetsOf(batch, classes),
    labels: tf.tensor1d(main, 'int32'),
    images: adoptBatch(batch),
  };
  return { tensors, images: labels.filter((label) => label >= 0).length };
}

/** @param key names the step among all of a run */
export const stepSettings = (learningRate: number, key: string): StepSettings => ({
  learningRate: tf.scalar(learningRate),
  dropoutKey: keyOf(key),
});

export interface TrainingOptions {
  network: Network;
  updater: Updater;
  loss: RowLosses;
}

/**
 * A function that trains on a batch. Its result, summed over the images, is [loss in nats, hits]; a
 * hit is an image whose top class is right.
 */
export const trainingStep = ({ network, updater, loss }: TrainingOptions) =>
  function trainStep(
    { images, targets, labels }: StepTensors,
    { learningRate, dropoutKey }: StepSettings,
  ): tf.Tensor1D {
    return tf.tidy(() => {
      const input = network.frozen(images);
      let kept: [logits: tf.Tensor2D, losses: tf.Tensor1D] | undefined;
      const { grads } = tf.variableGrads(
        () => {
          const logits = network.learn(input, { training: true, dropoutKey });
          const losses = loss(logits, targets);
          kept = [tf.keep(logits), tf.keep(losses)];
          return updater.scaled(tf.mean(losses));
        },
        network.variables.map(({ variable }) => variable),
      );
      updater.take(grads, images.shape[0], learningRate);
      const [logits, losses] = kept as NonNullable<typeof kept>;
      const result = sums(logits, losses, labels);
      tf.dispose([logits, losses]);
      return result;
    });
  };

/** A function like that of {@link trainingStep} which predicts and changes nothing. */
export const validationStep = (network: Network) =>
  function validateStep({ images, targets, labels }: StepTensors): tf.Tensor1D {
    return tf.tidy(() => {
      const logits = network.infer(images);
      return sums(logits, crossEntropies(logits, targets), labels);
    });
  };

function sums(logits: tf.Tensor2D, losses: tf.Tensor1D, labels: tf.Tensor1D): tf.Tensor1D {
  const hits = tf.equal(tf.argMax(logits, -1), labels);
  return tf.stack([tf.sum(losses), tf.sum(tf.cast(hits, 'float32'))]) as tf.Tensor1D;
}
