/** The time that the end of a fit needs: averaging the candidates, and scoring the answer. */
import { samplesOf } from '../../dataset/index.js';
import type { Fitting, Photos } from './fitting.js';
import { headOf, headRuns, paceOf } from './heads.js';

/** Loading and tracing a model. */
const secondsPerModel = 2;

/** Candidates are averaged over the images that choose, and most of them may answer those and the reported ones again. */
export function reserveFor(fitting: Fitting, { task, choosing, reported }: Photos): number {
  const models = headRuns(fitting).length + fitting.linesOf('run').length + 1;
  const held = samplesOf(choosing, task.name, 'validation').length;
  const images = models * (2 * held + (reported?.length ?? 0));
  const paces = [...fitting.networks.keys()].flatMap((network) =>
    headOf(fitting, network) === undefined ? [] : paceOf(fitting, network),
  );
  return models * secondsPerModel + images / Math.min(...paces);
}
