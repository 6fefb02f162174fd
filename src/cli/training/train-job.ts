/** The job of one network of `train`, in a process of its own. */
import type { ProgressReporter } from '../../report/index.js';
import type { JobContext } from '../../workers/index.js';
import { runTraining, type TrainOrder } from '../commands/training/train.js';
import type { TrainMessage } from './show-jobs.js';
import type { Part } from './train-jobs.js';

/** Milliseconds between two messages about steps: a step may take less than one. */
const betweenSteps = 200;

/** Trains the network `name`; see `JobModule`. */
export async function runJob(
  { flags, given, parts }: TrainOrder & { parts: ReadonlyMap<string, Part> },
  name: string,
  { signal, tell }: JobContext,
): Promise<void> {
  const { run, fold, only } = parts.get(name) as Part;
  let at = 0;
  const progress: ProgressReporter = {
    update({ label }) {
      if (performance.now() - at >= betweenSteps) {
        at = performance.now();
        tell({ event: 'step', label } satisfies TrainMessage);
      }
    },
    print: (line) => console.log(line),
    end() {},
  };
  await runTraining({
    flags: { ...flags, run, resume: true },
    given: { ...given, ...(fold !== undefined && { fold }) },
    ...{ only, signal, progress },
    onEpoch: (record) => tell({ event: 'epoch', record } satisfies TrainMessage, true),
  });
}
