/** A training step and its counterpart for validation, as functions of tensors that can be jitted. */
import { keyOf } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
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
}

/** What a step takes of a batch. */
export interface StepInput {
  tensors: StepTensors;
  /** Number of images that count. */
  images: number;
}

/** Adopts the images of `batch`, whose lease ends with their tensor, or takes its features. */
export function stepInput(
  batch: StepBatch,
  { objective, pass }: { objective: Objective; pass: Pass },
): StepInput {
  const tensors: StepTensors = {
    ...objective.targets(batch, pass),
    images: inputOf(batch),
  };
  return { tensors, images: batch.indices.filter((index) => index >= 0).length };
}

/** @param key names the step among all of a run */
export const stepSettings = (
  learningRate: number,
  key: string,
  momentum?: number,
): StepSettings => ({
  learningRate: tf.scalar(learningRate),
  ...(momentum !== undefined && { momentum: tf.scalar(momentum) }),
  dropoutKey: keyOf(key),
});

export interface TrainingOptions {
  network: Network;
  updater: Updater;
  objective: Objective;
}

/** A function that trains on a batch. Its result is the objective's sums. */
export const trainingStep = ({ network, updater, objective }: TrainingOptions) =>
  function trainStep(
    tensors: StepTensors,
    { learningRate, momentum, dropoutKey }: StepSettings,
  ): tf.Tensor1D {
    return tf.tidy(() => {
      const input = network.frozen(tensors.images);
      let kept: [logits: tf.Tensor2D, losses: tf.Tensor] | undefined;
      const { grads } = tf.variableGrads(
        () => {
          const logits = network.learn(input, { training: true, dropoutKey });
          const losses = objective.losses(logits, tensors, 'train');
          kept = [tf.keep(logits), tf.keep(losses)];
          return updater.scaled(objective.mean(losses, tensors));
        },
        network.variables.map(({ variable }) => variable),
      );
      updater.take(grads, objective.weight(tensors), learningRate, momentum);
      const [logits, losses] = kept as NonNullable<typeof kept>;
      const result = objective.sums(logits, losses, tensors);
      tf.dispose([logits, losses]);
      return result;
    });
  };

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
