/** Step 7: averages the candidates by greedy selection where that is better, scores the answer, and writes what is left for the user. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { digestOf, type Samples, samplesOf } from '../../../dataset/index.js';
import { removeFile, writeWhole } from '../../../disk/index.js';
import { type ChosenEnsemble, chooseEnsemble, evaluate } from '../../../evaluation/index.js';
import { loadClassifier, saveClassifier } from '../../../model/index.js';
import { count } from '../../../plural.js';
import { type Classifiers, loadEnsemble, saveEnsemble } from '../../../prediction/index.js';
import type { Fitting, Photos } from '../fitting.js';
import { headRuns } from '../heads.js';
import { saveRecipe } from '../recipe.js';
import type { FitScores } from '../scores.js';
import { type Score, scoreInWords, scoreOf } from '../wilson.js';
import { modelFolder } from './first-answer.js';

/** Folder of the mean of several networks, where that is the answer. */
export const ensembleFolder = 'ensemble';

export const scoresName = 'scores.json';

export async function average(fitting: Fitting, photos: Photos): Promise<void> {
  const chosen = await choose(fitting, photos);
  const { candidates, metric, score } = chosen.chosen;
  // Of equal ones the last, which was trained more.
  const best = candidates.reduce((one, other) => (other.alone >= one.alone ? other : one));
  const members = candidates.filter(({ weight }) => weight > 0);
  const isMean = members.length > 1;
  const scores: FitScores = {
    task: photos.task.name,
    answer: isMean ? 'mean' : 'one',
    ...(await saveAnswer(fitting, photos, {
      chosen: isMean ? chosen : undefined,
      best: best.folder,
    })),
    members: (isMean ? members : [{ ...best, weight: 1 }]).map(({ folder, weight }) => ({
      run: folder,
      network: networkOf(fitting, folder),
      weight,
    })),
    ...(await saveRecipe(fitting, photos, path.basename(best.folder))),
    seconds: fitting.clock.used,
  };
  await writeWhole(fitting.at(scoresName), `${JSON.stringify(scores, null, 2)}\n`);
  const why = isMean
    ? `The mean of ${count(members.length, 'candidate')} answers: ${metric} ${score.toFixed(4)} on the images that choose, where the best one alone has ${best.alone.toFixed(4)}.`
    : `${nameOf(best.folder)} answers alone: ${candidates.length > 1 ? `no mean of ${count(candidates.length, 'candidate')} is better on the images that choose` : 'there is no other candidate'}.`;
  await fitting.add({
    event: 'done',
    budget: fitting.clock.budget,
    says: `${why} ${inWords(scores)}`,
  });
}

/** The linear probes, and each run of which an epoch ended, with their weights. */
async function choose(fitting: Fitting, photos: Photos): Promise<ChosenEnsemble> {
  const trained = fitting.linesOf('run').filter(({ accuracy }) => accuracy !== undefined);
  const runs = [...headRuns(fitting), ...trained.map(({ run }) => run)].map((run) =>
    fitting.at('runs', run),
  );
  return await chooseEnsemble({
    ...{ runs, manifest: photos.choosing, task: photos.task.name, epoch: 'best' },
    signal: fitting.request.signal,
    onProgress: ({ folder, done, total, imagesPerSecond }) =>
      fitting.progress({ label: `comparing ${nameOf(folder)}`, done, total, imagesPerSecond }),
  });
}

/** Saves the best single network, and the mean if it was chosen; scores what answers. */
async function saveAnswer(
  fitting: Fitting,
  photos: Photos,
  { chosen, best }: { chosen: ChosenEnsemble | undefined; best: string },
): Promise<Pick<FitScores, 'choosing' | 'reported'>> {
  using single = await loadClassifier(best, { epoch: 'best' });
  const folder = fitting.at(ensembleFolder);
  if (chosen === undefined && existsSync(folder)) {
    await removeFile(path.join(folder, 'ensemble.json'));
  } else if (chosen !== undefined) {
    await saveEnsemble({ epoch: 'best', mean: 'arithmetic', tasks: [chosen] }, folder);
  }
  // `evaluate` takes the reported images for others than those of the training, which they are on purpose.
  const seen = photos.reported && digestOf(photos.reported);
  await saveClassifier(
    { ...single, validationImages: seen ?? single.validationImages },
    fitting.at(modelFolder),
  );
  if (chosen === undefined) {
    return await scoresOf(fitting, photos, { classifiers: [single] });
  }
  using mean = await loadEnsemble(folder);
  return await scoresOf(fitting, photos, mean);
}

async function scoresOf(
  fitting: Fitting,
  photos: Photos,
  { classifiers = [], ...averaged }: Classifiers,
): Promise<Pick<FitScores, 'choosing' | 'reported'>> {
  const { task, choosing, reported } = photos;
  const scored = async (samples: Samples): Promise<Score> => {
    const { images, accuracy } = await evaluate({
      ...averaged,
      classifiers: classifiers.map((each) => ({ ...each, validationImages: undefined })),
      ...{ manifest: { ...choosing, samples }, task: task.name, signal: fitting.request.signal },
      onProgress: ({ done, total, imagesPerSecond }) =>
        fitting.progress({ label: 'scoring the answer', done, total, imagesPerSecond }),
    });
    return scoreOf(Math.round(accuracy * images), images);
  };
  return {
    choosing: await scored(samplesOf(choosing, task.name, 'validation')),
    ...(reported && { reported: await scored(reported) }),
  };
}

const nameOf = (folder: string): string => `Run ${path.basename(folder)}`;

const networkOf = (fitting: Fitting, folder: string): string =>
  [...fitting.linesOf('head'), ...fitting.linesOf('plan')].find(
    ({ run }) => run === path.basename(folder),
  )?.network as string;

function inWords({ choosing, reported }: FitScores): string {
  return reported === undefined
    ? `Score: ${scoreInWords(choosing)}, on the images that also chose, so it is slightly too high.`
    : `Score: ${scoreInWords(reported)}, on images that nothing was chosen on.`;
}
