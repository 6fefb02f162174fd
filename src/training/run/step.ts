/** A training step and its counterpart for validation, as functions of tensors that can be jitted. */
import { keyOf } from '../../model/index.js';
import { type BatchShare, rowsOfShare, tf } from '../../tensorflow/index.js';
import type { Updater } from '../optimizer/index.js';
import type { Network } from './network.js';
import type { Objective, Pass, StepTensors } from './objective.js';
import { inputOf, type StepBatch } from './source.js';

/** The values that change from step to step, besides the batch. */
export interface StepSettings {
  learningRate: tf.Scalar;
  /** Absent where the optimizer's option decides. */
  momentum?: tf.Scalar;
  /** Determines the dropout masks. */
  dropoutKey: tf.Tensor1D;
  /** With several workers: numbers that are added up over them, behind the objective's sums. */
  asked?: tf.Tensor1D;
}

/** What a step takes of a batch. */
export interface StepInput {
  tensors: StepTensors;
  /** Number of images that count; with a share, those of the whole batch. */
  images: number;
  /** What this worker has of the batch, if several share it. */
  share?: BatchShare | undefined;
}

/** Adopts the images of `batch`, whose lease ends with their tensor, or takes its features. */
export function stepInput(
  batch: StepBatch,
  { objective, pass, share }: Pick<StepInput, 'share'> & { objective: Objective; pass: Pass },
): StepInput {
  const tensors: StepTensors = {
    ...objective.targets(batch, pass),
    images: inputOf(batch),
  };
  const own = batch.indices.filter((index) => index >= 0).length;
  return { tensors, images: share?.rows ?? own, share };
}

/**
 * @param key names the step among all of a run
 * @param asked see {@link StepSettings}
 */
export const stepSettings = (
  learningRate: number,
  key: string,
  momentum?: number,
  asked?: readonly number[],
): StepSettings => ({
  learningRate: tf.scalar(learningRate),
  ...(momentum !== undefined && { momentum: tf.scalar(momentum) }),
  dropoutKey: keyOf(key),
  ...(asked !== undefined && { asked: tf.tensor1d([...asked]) }),
});

export interface TrainingOptions {
  network: Network;
  updater: Updater;
  objective: Objective;
}

/**
 * A function that trains on a batch. Its result is the objective's sums.
 *
 * With a share, its workers take one step by the mean over all rows of the batch, as one process that has them all. The result is
 * the sums over all of them, then those of what is asked.
 */
export const trainingStep = ({ network, updater, objective }: TrainingOptions) =>
  function trainStep(
    tensors: StepTensors,
    { learningRate, momentum, dropoutKey, asked }: StepSettings,
    share?: BatchShare,
  ): tf.Tensor1D {
    return tf.tidy(() => {
      // In parts of the batch, so that gradients have the size of those of one process.
      const weight = share && (tf.mul(objective.weight(tensors), countOf(share)) as tf.Scalar);
      const input = network.frozen(tensors.images);
      let kept: [logits: tf.Tensor2D, losses: tf.Tensor] | undefined;
      const { grads } = tf.variableGrads(
        () => {
          const logits = network.learn(input, { training: true, dropoutKey, share });
          const losses = objective.losses(logits, tensors, 'train');
          kept = [tf.keep(logits), tf.keep(losses)];
          const mean = objective.mean(losses, tensors);
          return updater.scaled(weight === undefined ? mean : tf.mul(mean, weight));
        },
        network.variables.map(({ variable }) => variable),
      );
      const [logits, losses] = kept as NonNullable<typeof kept>;
      const own = objective.sums(logits, losses, tensors);
      tf.dispose([logits, losses]);
      if (share === undefined || weight === undefined) {
        updater.take(grads, objective.weight(tensors), learningRate, momentum);
        return own;
      }
      const counted = rowsOfShare(share) === 0 ? tf.zerosLike(own) : own;
      const sums = asked === undefined ? counted : tf.concat([counted, asked]);
      const shared = { gradients: grads, weight, rows: share.rows, sums };
      return updater.takeShare(shared, learningRate, momentum);
    });
  };

/** What a row of a share counts: where the share is empty, the row in its place counts nothing. */
const countOf = (share: BatchShare): number => (rowsOfShare(share) === 0 ? 0 : 1 / share.rows);

/** A function like that of {@link trainingStep} which predicts and changes nothing. */
export const validationStep = ({
  network,
  objective,
}: Pick<TrainingOptions, 'network' | 'objective'>) =>
  function validateStep(tensors: StepTensors): tf.Tensor1D {
    return tf.tidy(() => {
      const logits = network.infer(tensors.images);
      return objective.sums(logits, objective.losses(logits, tensors, 'validate'), tensors);
    });
  };
