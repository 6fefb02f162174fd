/** The steps of a pass over batches, each of which is prepared while the step before it runs. */
import { overlapped } from '../../overlap.js';
import { tf } from '../../tensorflow/index.js';
import type { StepBatch } from './source.js';
import type { StepInput } from './step.js';
import type { Tally } from './tally.js';

interface PassParts {
  /** Adopts a batch. */
  prepare(batch: StepBatch): StepInput;
  /** Starts a step; the result is the sums of the objective. */
  step(input: StepInput): Promise<tf.Tensor>;
  /** Between two steps; false ends the pass. `waitMs` is the time in which no step ran because the batch was not ready. */
  stepped(waitMs: number): Promise<boolean>;
}

/** Takes a step for each batch, and adds it to the tally; false when `stepped` ends the pass. */
export async function takeSteps(
  batches: AsyncIterator<StepBatch>,
  tally: Tally,
  { prepare, step, stepped }: PassParts,
): Promise<boolean> {
  const discard = ({ tensors }: StepInput) => tf.dispose({ ...tensors });
  try {
    for await (const { input, result, waitMs } of overlapped(batches, { prepare, step, discard })) {
      tally.add(input.images, result);
      if (!(await stepped(waitMs))) {
        tally.read();
        return false;
      }
    }
    tally.read();
    return true;
  } finally {
    tally.dispose();
  }
}
