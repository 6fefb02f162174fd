/** `findLearningRate`: the learning-rate range test of a task's training, of which no weight is kept. */
import { callback, type ShapeOf } from '../../arguments.js';
import { expected } from '../../errors.js';
import { type GivenValues, pickOptions, resolveOptions } from '../../options.js';
import type { BatchSource, StepBatch } from '../run/source.js';
import { Stage } from '../run/stage.js';
import type { TaskOptions } from '../train.js';
import {
  type RangeTest,
  type RangeTestValues,
  type RatePoint,
  rangeTest,
  rangeTestOptions,
} from './range-test.js';
import { takeTrialSteps } from './steps.js';
import { withTrial } from './trial.js';

export interface FindLearningRateOptions extends TaskOptions, GivenValues<typeof rangeTestOptions> {
  /** Called after each step. */
  onPoint?: ((point: RatePoint) => void) | undefined;
}

const shape = {
  ...rangeTestOptions,
  onPoint: callback,
} as const satisfies ShapeOf<Omit<FindLearningRateOptions, keyof TaskOptions>>;

/**
 * Trains with what {@link train} would begin with, at a learning rate that grows from step to step, and writes nothing. Images have
 * the full size and the full augmentation; the weights are those of `trainable`, also if `freezeEpochs` would train the head alone
 * at first. Where gradients are accumulated, a step has several batches.
 *
 * @throws InvalidInputError as {@link train} does, and the signal's reason when it is aborted
 */
export async function findLearningRate(given: FindLearningRateOptions): Promise<RangeTest> {
  const { signal, onPoint } = given;
  return await withTrial({ name: 'findLearningRate', shape }, given, async (trial) => {
    const range = checkedRange(given);
    const { trainable, accumulate, seed } = trial.plan.values;
    const stage = new Stage(trial);
    const size = trial.classifier.preprocessing.crop;
    stage.enter({ from: 0, to: 1, trainable, size, strength: 1 });
    const batches = endless(stage.training);
    try {
      return await rangeTest(
        async (learningRate, step) => {
          let taken = 0;
          const scores = await takeTrialSteps(trial, stage, {
            batches: some(batches, accumulate),
            placeOf: () => {
              taken += 1;
              const key = `${seed}/${step}/${taken}`;
              return { learningRate, key, isLast: taken === accumulate };
            },
            signal,
          });
          return scores.loss;
        },
        range,
        onPoint,
      );
    } finally {
      await batches.return();
      stage.close();
    }
  });
}

function checkedRange(given: FindLearningRateOptions): RangeTestValues {
  const range = resolveOptions(rangeTestOptions, pickOptions(rangeTestOptions, given));
  const { startRate, endRate } = range;
  if (startRate >= endRate) {
    throw expected(`a number below endRate (${endRate})`, 'startRate', startRate);
  }
  return range;
}

/** The batches of all epochs, one after another. */
async function* endless(loader: BatchSource): AsyncGenerator<StepBatch, void> {
  for (let epoch = 0; ; epoch++) {
    yield* loader.epoch(epoch);
  }
}

/** The next `count` of `batches`, which stay open. */
async function* some(
  batches: AsyncGenerator<StepBatch, void>,
  count: number,
): AsyncGenerator<StepBatch, void> {
  for (let taken = 0; taken < count; taken++) {
    const { value, done } = await batches.next();
    if (done !== true) {
      yield value;
    }
  }
}
