/** The job of one training of a search, in a process of its own. */
import { loadManifest } from '../../dataset/index.js';
import type { TrainProgress } from '../../training/index.js';
import type { JobContext } from '../../workers/index.js';
import type { Scored } from './log.js';
import { trainTrial } from './run.js';
import { imagesFolder, jobNamed, ownRunOf, type SearchPlan } from './trial-jobs.js';

/** What a job tells of its training. The search has its scores in the log before the job ends. */
export type TrialMessage =
  | { event: 'training'; progress: TrainProgress }
  | { event: 'epoch' }
  | { event: 'scored'; scored: Scored };

/** Milliseconds between two messages about steps: a step may take less than one. */
const betweenSteps = 200;

/** Does the job `name` of a search; see `JobModule`. */
export async function runJob(
  plan: SearchPlan,
  name: string,
  { signal, tell, ask }: JobContext,
): Promise<void> {
  let at = 0;
  const manifest = await loadManifest(imagesFolder(plan));
  const { drawn: _, ...own } = await ownRunOf(plan, jobNamed(name));
  const scored = await trainTrial({
    ...own,
    ...{ manifest, task: plan.task, signal },
    onProgress(progress) {
      if (performance.now() - at >= betweenSteps) {
        at = performance.now();
        tell({ event: 'training', progress } satisfies TrialMessage);
      }
    },
    onEpoch({ epoch, loss, validationLoss }) {
      console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, of images held back ${validationLoss}`);
      tell({ event: 'epoch' } satisfies TrialMessage, true);
    },
  });
  await ask({ event: 'scored', scored } satisfies TrialMessage);
}
