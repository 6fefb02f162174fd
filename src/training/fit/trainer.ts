/** The members of a tfjs model that `fit` calls, and compiling it. */
import { InvalidInputError } from '../../errors.js';
import type { tf } from '../../tensorflow/index.js';

export type CompileArguments = Parameters<tf.LayersModel['compile']>[0];

/** Members of tfjs-layers' models; its declaration has some as protected. */
export interface Trainer {
  optimizer: (tf.Optimizer & { iterations_: number; learningRate?: number }) | undefined;
  loss: CompileArguments['loss'];
  metrics: CompileArguments['metrics'];
  isTraining: boolean;
  testFunction: (data: tf.Tensor[]) => tf.Tensor[];
  makeTrainFunction(): (data: tf.Tensor[]) => tf.Tensor[];
  makeTestFunction(): void;
  getDedupedMetricsNames(): string[];
  checkTrainableWeightsConsistency(): void;
}

/** A sequential model of tfjs holds a functional one that trains for it. */
export const trainerOf = (model: tf.LayersModel): Trainer =>
  (model as unknown as { model?: Trainer }).model ?? (model as unknown as Trainer);

/**
 * Compiles `model` with the arguments that are given; the others stay as it was compiled before.
 *
 * @throws InvalidInputError when it has several inputs or outputs, or no optimizer or loss
 */
export function compile(model: tf.LayersModel, given: Partial<CompileArguments>): void {
  const trainer = trainerOf(model);
  for (const side of ['inputs', 'outputs'] as const) {
    const count = model[side].length;
    if (count !== 1) {
      throw new InvalidInputError(
        `Expected a model with one ${side.slice(0, -1)} but ${model.name} has ${count}`,
      );
    }
  }
  const { optimizer = trainer.optimizer, loss = trainer.loss, metrics = trainer.metrics } = given;
  if (optimizer === undefined || loss === undefined) {
    throw new InvalidInputError(
      `Expected a compiled model but ${model.name} has no ${optimizer === undefined ? 'optimizer' : 'loss'}. Call its compile(), or give both to fit`,
    );
  }
  if (Object.values(given).some((value) => value !== undefined)) {
    model.compile({ optimizer, loss, ...(metrics !== undefined && { metrics }) });
  }
}
