/** Step 4: searches the learning rate and the strength of augmentation, where there is time for it. */
import { isPath } from '../../../options.js';
import { tune } from '../../tune/tune.js';
import type { Fitting, Photos } from '../fitting.js';
import { inSeconds, planSchedule, ranked, sizesFrom, type TrainingCost } from '../plan.js';
import { reserveFor } from '../reserve.js';
import { trainingOf } from '../train-options.js';

/** The search gets this share of the time that is left. */
const share = 0.3;

/** Nine trials of one epoch; three of them are trained again, with three epochs, and two are checked. */
const trials = 9;
const promoted = 3;
const checked = 2;
const trialEpochs = 3;

/** What the search takes. */
const searchSeconds = ({ start, all }: TrainingCost): number =>
  (trials + promoted + checked) * start + (trials + (promoted + checked) * trialEpochs) * all;

export async function searchOptions(fitting: Fitting, photos: Photos): Promise<void> {
  const { clock, request, seed } = fitting;
  if (fitting.linesOf('tune').length > 0 || fitting.linesOf('plan').length > 0) {
    return;
  }
  const left = clock.left - reserveFor(fitting, photos);
  const [best] = ranked(fitting.linesOf('probe'), left);
  if (best === undefined) {
    return;
  }
  const seconds = share * left;
  const needed = searchSeconds(best.cost);
  if (seconds < needed) {
    await fitting.note(
      `No search of options: it needs about ${inSeconds(needed)}, and gets at most ${100 * share} % of the ${inSeconds(Math.max(0, left))} that are left; the recipe's own options are used.`,
    );
    return;
  }
  const sizes = isPath(best.network) ? [best.size] : sizesFrom(best.size);
  const { recipe = 'quick' } = planSchedule(left - seconds, best.cost, sizes) ?? {};
  const { batchSize, model } = trainingOf(photos, { recipe, network: best.network, seed });
  const tuned = await tune({
    ...{ manifest: photos.choosing, task: photos.task.name, out: fitting.at('tune') },
    ...{ recipe, batchSize, model, seed, epochs: trialEpochs, trials },
    leaveOut: ['recipe', 'network', 'size', 'weightDecay'],
    deadline: Date.now() + 1000 * seconds,
    signal: request.signal,
    onProgress: ({ trial, label, done, total, imagesPerSecond }) =>
      fitting.progress({ label: `trial ${trial} ${label}`, done, total, imagesPerSecond }),
  });
  const { learningRate, augmentation } = tuned.options;
  const found = `learning rate ${learningRate}, in ${tuned.trials.length} trials of the search`;
  await fitting.add({
    event: 'tune',
    options: tuned.isBetter ? { learningRate, augmentation } : {},
    says: tuned.isBetter
      ? `Options found that are better with another seed and fold, too: ${found}; they are in ${tuned.recipe}.`
      : `Options stay those of the recipe: no trial of ${tuned.trials.length} was better with another seed and fold.`,
  });
}
