/** `tune`: searches the options of one task's training; a repeated call goes on from the files of the last one. */
import os from 'node:os';
import path from 'node:path';
import { checkArguments } from '../../arguments.js';
import { digestOf } from '../../dataset/index.js';
import { inLockedFolder, writeWhole } from '../../disk/index.js';
import { conflict, expected } from '../../errors.js';
import { checkNetwork, networkPath, networksAtHand } from '../../model/index.js';
import { pickOptions } from '../../options.js';
import {
  checkedValues,
  completeOptions,
  type GivenOptions,
  trainOptions,
  withRecipe,
} from '../../training/index.js';
import { Log, readLog } from '../log.js';
import { rungsOf } from './asha.js';
import { trainingFolds } from './folds.js';
import { type LogLine, searchLog } from './log.js';
import { type Tuned, type TuneRequest, tuneShape } from './options.js';
import { recipeOf, recipeText } from './recipe.js';
import { withEpochs } from './run.js';
import { drawTrial, type Search, searchedBy } from './space.js';
import { tableCsv, tableOf, trialLines } from './table.js';
import { Tuning } from './tuning.js';

/**
 * Searches learning rate, weight decay, strength of augmentation, size, network and recipe for one task: trials draw them at random,
 * and asynchronous successive halving decides which of them are trained further (`asha.ts`). The first trial has the given options
 * alone. What is given is fixed; each draw depends on the seed and the trial's number alone.
 *
 * Every rung is a whole training with a schedule over its own epochs, so a trial that is promoted is trained again from the beginning:
 * in the middle of a longer schedule the rate would still be high, and low rates would look better than they are.
 *
 * Losses are those of training images that were held back: the validation split is never looked at. At the end the best trial and the
 * first are trained again, with the next seed and the next fold held back: only if the best trial has the lower loss there, too, are
 * its options the recipe that is written.
 *
 * With `workers`, processes train trials at the same time. Which trials are promoted then depends on which of them end first; what a trial
 * draws and what it reaches does not.
 *
 * The log `out/TASK/log.jsonl` is the whole state. The same call goes on after an abort, a failure or a kill; it may have more `trials`,
 * more time and other `workers`.
 *
 * @throws InvalidInputError as `train` does, when `out` holds a search with other options or data, and when another call works there;
 *   the signal's reason when it is aborted
 */
export async function tune(given: TuneRequest): Promise<Tuned> {
  checkArguments('tune', given, tuneShape);
  const { manifest, task, out, seed = trainOptions.seed.default, fold = 0 } = given;
  const folder = path.join(out, task);
  const request = await withThreads(given, logOf(folder));
  const search = await searchOf(request, seed);
  const { options } = await drawTrial(0, search);
  const { model: _, ...training } = options;
  checkedValues(training);
  for (const network of [options.model?.network, ...search.networks]) {
    await checkNetwork({ ...options.model, network: network as string });
  }
  const images = trainingFolds(manifest, task, seed);
  if (fold >= images.folds) {
    throw expected(`an integer below ${images.folds}, the number of folds,`, 'fold', fold);
  }
  const settings = {
    ...{ task, seed, fold },
    searched: searchedBy(search),
    networks: search.networks,
    options: completeOptions({ ...options }),
    given: search.given.augmentation,
    images: digestOf(images.samples),
  };
  return await inLockedFolder(folder, 'out', async () => {
    const log = await Log.open(logOf(folder), searchLog, { settings, folder });
    try {
      const rungs = rungsOf(search.given.epochs).filter((epochs) => fits(training, epochs));
      const plan = { task, search, folder, rungs, folds: images.folds, seed, fold };
      const tuning = new Tuning({ request, plan, images, log });
      const finished = await tuning.toEnd();
      return await written({ ...request, finished }, search, tuning, log);
    } finally {
      await log.close();
    }
  });
}

const logOf = (folder: string): string => path.join(folder, 'log.jsonl');

/**
 * `request` with threads: TensorFlow's are those of an earlier call or, with workers, like those that render, this machine's cores divided by
 * the workers.
 */
async function withThreads(request: TuneRequest, log: string): Promise<TuneRequest> {
  const { workers, recipe, model, augmentation } = request;
  const own = workers && Math.max(1, Math.floor(os.availableParallelism() / workers));
  const options = pickOptions(trainOptions, request);
  const known = await withRecipe({ ...options, recipe, model, augmentation });
  const saved = (await readLog(log, searchLog))?.settings.options as GivenOptions | undefined;
  const computeThreads = known.computeThreads ?? saved?.computeThreads ?? own;
  return { ...request, computeThreads, threads: known.threads ?? own };
}

/** Whether options of the caller, such as a warm-up, allow so few epochs. */
function fits(options: GivenOptions, epochs: number): boolean {
  const { model: _, ...training } = withEpochs(options, epochs);
  try {
    checkedValues(training);
    return true;
  } catch {
    return false;
  }
}

/** What the caller gives, without what the search itself decides. */
async function searchOf(request: TuneRequest, seed: number): Promise<Search> {
  const { recipe, model, augmentation, leaveOut = [] } = request;
  const own = { ...pickOptions(trainOptions, request), seed: undefined, fold: undefined };
  const given: GivenOptions = { ...own, recipe, model, augmentation };
  const known = await withRecipe(given);
  const { epochs } = completeOptions({ ...known });
  const { network, pretrained = true } = known.model ?? {};
  if (network !== undefined && request.networks !== undefined) {
    throw conflict(`network ${network}`, 'networks', 'Give the one, or several to choose from');
  }
  const atHand = network === undefined && pretrained === true ? networksAtHand() : [];
  const networks = (request.networks ?? atHand).map(networkPath);
  return { given: { ...given, epochs }, networks, leaveOut, seed };
}

/** Writes the recipe and the table. */
async function written(
  { task, out, finished }: TuneRequest & { finished: boolean },
  search: Search,
  tuning: Tuning,
  log: Log<LogLine>,
): Promise<Tuned> {
  const { best, check } = tuning;
  const isBetter =
    check !== undefined &&
    (check.best ?? Number.POSITIVE_INFINITY) < (check.first ?? Number.POSITIVE_INFINITY);
  const results = trialLines(log.lines);
  const trials = tableOf(results);
  const options = recipeOf((await drawTrial(isBetter ? best : 0, search)).options);
  const recipe = path.join(out, `${task}.json`);
  const tuned = { task, results, trials, best, check, isBetter, options, recipe, finished };
  await writeWhole(recipe, recipeText(tuned));
  await writeWhole(path.join(out, `${task}.csv`), tableCsv(log.lines, tuning.rungs));
  return tuned;
}
