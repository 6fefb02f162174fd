/** The time that the end of a fit needs: averaging the candidates, and scoring the answer. */
import { samplesOf } from '../../dataset/index.js';
import type { Fitting, Photos } from './fitting.js';
import { headRuns } from './heads.js';

/** A pass forward takes less than a third of a training step; loading and tracing each model comes on top. */
const fasterThanTraining = 2;
const secondsPerModel = 2;

/** Candidates are averaged over the images that choose, and most of them may answer those and the reported ones again. */
export function reserveFor(fitting: Fitting, { task, choosing, reported }: Photos): number {
  const models = headRuns(fitting).length + fitting.linesOf('run').length + 1;
  const held = samplesOf(choosing, task.name, 'validation').length;
  const images = models * (2 * held + (reported?.length ?? 0));
  const rates = fitting.linesOf('probe').map(({ imagesPerSecond }) => imagesPerSecond);
  return models * secondsPerModel + images / (fasterThanTraining * Math.min(...rates));
}
