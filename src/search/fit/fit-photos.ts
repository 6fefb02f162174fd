/** `fitPhotos`: from photos to the best model in the time given; a repeated call goes on from the log of the last one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkArguments } from '../../arguments.js';
import { fittingLayout } from '../../dataset/index.js';
import { checkResultFolder, inLockedFolder, parseJson, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { loadClassifier, networkPath } from '../../model/index.js';
import { pickOptions, resolveOptions } from '../../options.js';
import { Log } from '../log.js';
import { Clock } from './clock.js';
import { Fitting, type Photos, usedBefore } from './fitting.js';
import { type FitLine, fitLog } from './lines.js';
import { networksByCost } from './networks.js';
import {
  type FitPhotosRequest,
  type FitPhotosResult,
  fitPhotosOptions,
  fitPhotosShape,
  usualBudget,
} from './options.js';
import type { FitScores } from './scores.js';
import { average, ensembleFolder, scoresName } from './steps/average.js';
import { fineTuneAll } from './steps/fine-tune.js';
import { firstAnswer } from './steps/first-answer.js';
import { probeAll } from './steps/probe-all.js';
import { probeRest } from './steps/probe-rest.js';
import { read } from './steps/read.js';
import { searchOptions } from './steps/search.js';

/** What follows reading, in this order. Each goes on where an earlier call was stopped, by the lines of the log. */
const steps: readonly ((fitting: Fitting, photos: Photos) => Promise<void>)[] = [
  firstAnswer,
  probeAll,
  searchOptions,
  fineTuneAll,
  probeRest,
  average,
];

const logName = 'log.jsonl';

/**
 * Trains the best classifier for photos that it can within a budget of time, and keeps to it within a tenth:
 *
 * 1. The photos are read and a part is held back, on which everything is chosen. If there are enough, another part only scores.
 * 2. A linear probe on features of a network is the first answer, within a minute and a fifth of the budget.
 * 3. All networks are probed, the cheapest first, and their training is timed.
 * 4. Learning rate and augmentation are searched (`tune`), where there is time for it.
 * 5. The best networks are fine-tuned, with as many epochs as fit into the time.
 * 6. If not even a short fine-tuning fits, more linear probes are made instead, on all images.
 * 7. Candidates are averaged by greedy selection where their mean is better.
 *
 * `out` has the best single model in `model` from step 2 on, at the end the mean in `ensemble` if it is better, `scores.json`,
 * `recipe.json`, and `log.jsonl`, in which each step says what it decided and why. The log is the whole state: after an abort or a kill
 * the same call goes on with the time that is left, and a larger budget goes on from a fit that had ended.
 *
 * @throws InvalidInputError as `prepare` does; when no network is at hand, the photos have fewer than 2 classes or fewer than 2 images
 *   a class, or any number of labels an image; when `out` holds anything else or a fit of other photos; the signal's reason when it
 *   is aborted
 */
export async function fitPhotos(request: FitPhotosRequest): Promise<FitPhotosResult> {
  checkArguments('fitPhotos', request, fitPhotosShape);
  const { seed } = resolveOptions(fitPhotosOptions, pickOptions(fitPhotosOptions, request));
  const { photos, out, task, networks, budgetSeconds = usualBudget } = request;
  const file = path.join(out, logName);
  await checkResultFolder(out, { record: logName, what: 'an earlier fit', name: 'out' });
  if (!existsSync(file)) {
    await checkPhotos(photos, out);
  }
  const settings = {
    ...{ photos: path.resolve(photos), task, seed },
    networks: networks?.map((each) => networkPath(each)),
  };
  return await inLockedFolder(out, 'out', async () => {
    const log = await Log.open<FitLine>(file, fitLog, { settings, folder: out });
    try {
      const isDone = log.lines.some(
        (line) => line.event === 'done' && line.budget >= budgetSeconds,
      );
      if (!isDone) {
        const clock = new Clock(budgetSeconds, usedBefore(log.lines));
        const sorted = await networksByCost(networks);
        await takeSteps(new Fitting({ ...request, seed }, sorted, log, clock));
      }
      return await resultOf(out, log, isDone);
    } finally {
      await log.close();
    }
  });
}

/** A mistyped path leaves no folder. */
async function checkPhotos(photos: string, out: string): Promise<void> {
  const source = path.resolve(photos);
  if (`${path.resolve(out)}${path.sep}`.startsWith(`${source}${path.sep}`)) {
    throw expected(`a folder outside ${source}`, 'out', out);
  }
  await fittingLayout(source);
}

async function takeSteps(fitting: Fitting): Promise<void> {
  const stopWatching = fitting.watchTime();
  try {
    const photos = await read(fitting);
    for (const step of steps) {
      fitting.request.signal?.throwIfAborted();
      await step(fitting, photos);
    }
  } finally {
    await stopWatching();
  }
}

async function resultOf(
  out: string,
  { lines }: Log<FitLine>,
  wasFinished: boolean,
): Promise<FitPhotosResult> {
  const file = path.join(out, scoresName);
  const remedy = 'Fit the photos into another folder';
  const scores = parseJson(await readText(file), file, remedy) as FitScores;
  return {
    classifier: await loadClassifier(out),
    folder: scores.answer === 'mean' ? path.join(out, ensembleFolder) : out,
    scores,
    steps: lines.flatMap((line) => (line.event === 'time' ? [] : [line.says])),
    wasFinished,
  };
}
