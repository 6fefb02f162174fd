/** Training steps of a trial, whose loss may stop being a number. */
import type { TrainingPlace } from '../run/jitted-steps.js';
import { noTotalsOf, ratesOf, type Scores } from '../run/progress.js';
import type { StepBatch } from '../run/source.js';
import type { Stage } from '../run/stage.js';
import { stepInput } from '../run/step.js';
import { Tally } from '../run/tally.js';
import type { Trial } from './trial.js';

interface Steps {
  batches: AsyncIterable<StepBatch>;
  /** Where a batch is; `images` are those of the batches before it. */
  placeOf(images: number): TrainingPlace;
  signal: AbortSignal | undefined;
}

/** Trains on each batch. The mean scores, or a loss that is not finite, which ends the steps, with the accuracy 0. */
export async function takeTrialSteps(
  { plan, objective }: Trial,
  { steps }: Stage,
  { batches, placeOf, signal }: Steps,
): Promise<Scores> {
  const totals = noTotalsOf(plan);
  const tally = new Tally(totals, ({ value }) => new NotFinite(value));
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const input = stepInput(batch, { objective, pass: 'train' });
      tally.add(input.images, await steps.train(input, placeOf(totals.images)));
    }
    tally.read();
  } catch (error) {
    if (error instanceof NotFinite) {
      return { loss: error.loss, accuracy: 0 };
    }
    throw error;
  } finally {
    tally.dispose();
  }
  return ratesOf(totals);
}

class NotFinite extends Error {
  constructor(readonly loss: number) {
    super(`a loss of ${loss}`);
  }
}
