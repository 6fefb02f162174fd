/** `overfit`: learns a few batches by heart, which a training that works can always do. */
import { callback, type ShapeOf } from '../../arguments.js';
import { sha256 } from '../../disk/index.js';
import { evaluationAugmentation } from '../../pipeline/index.js';
import { trainingLoader } from '../data.js';
import { lossOfGuess } from '../loss/guess.js';
import { checkedValues } from '../plan.js';
import type { Scores } from '../run/progress.js';
import { Stage } from '../run/stage.js';
import type { TaskOptions } from '../train.js';
import { takeTrialSteps } from './steps.js';
import { type Trial, withTrial } from './trial.js';

/** The mean over the batches in one round of steps. */
export interface OverfitRound {
  /** From 1. */
  round: number;
  /** At most as many. */
  rounds: number;
  loss: number;
  accuracy: number;
}

export interface OverfitOptions extends TaskOptions {
  /** Number of batches, drawn by the seed. Default 1. */
  batches?: number | undefined;
  /** How often each batch is learnt at most. Default 200. */
  rounds?: number | undefined;
  /** Called after each round. */
  onRound?: ((round: OverfitRound) => void) | undefined;
}

const shape = {
  batches: { type: 'integer', default: 1, min: 1, max: 1000, help: '' },
  rounds: { type: 'integer', default: 200, min: 1, max: 1e6, help: '' },
  onRound: callback,
} as const satisfies ShapeOf<Omit<OverfitOptions, keyof TaskOptions>>;

/** What learning a few batches by heart came to. */
export interface Overfit {
  images: number;
  batches: number;
  last: OverfitRound;
  /** Why the accuracy is not 1, and what to try, in sentences; undefined if it is. */
  reason: string | undefined;
}

/**
 * Trains on a few batches again and again, until the top class of every image is right, and writes nothing. Images are centre
 * crops, the targets are not smoothed or shared, and the rate is the largest one; dropout stays, and accuracy is that of the training steps.
 *
 * @throws InvalidInputError as {@link train} does, and the signal's reason when it is aborted
 */
export async function overfit(given: OverfitOptions): Promise<Overfit> {
  const { batches = shape.batches.default, rounds = shape.rounds.default, signal, onRound } = given;
  const change = (options: TaskOptions) => ({
    limit: batches * checkedValues(options).values.batchSize,
    labelSmoothing: 0,
    maybe: 0,
    augmentation: evaluationAugmentation,
  });
  return await withTrial({ name: 'overfit', shape, change }, given, async (trial) => {
    const { plan } = trial;
    const { values } = plan;
    const stage = new Stage(trial);
    const size = trial.classifier.preprocessing.crop;
    stage.enter({ from: 0, to: rounds, trainable: values.trainable, size, strength: 1 });
    try {
      const history: OverfitRound[] = [];
      for (let round = 1; round <= rounds; round++) {
        const last = { round, rounds, ...(await roundOf(trial, stage, round, signal)) };
        history.push(last);
        onRound?.(last);
        if (last.accuracy === 1 || !Number.isFinite(last.loss)) {
          break;
        }
      }
      const last = history.at(-1) as OverfitRound;
      return {
        images: plan.training.length,
        batches: stage.training.batchesPerEpoch,
        last,
        reason: last.accuracy === 1 ? undefined : await reasonOf(history, trial),
      };
    } finally {
      stage.close();
    }
  });
}

/** A step with each batch. */
async function roundOf(
  trial: Trial,
  stage: Stage,
  round: number,
  signal: AbortSignal | undefined,
): Promise<Scores> {
  const { learningRate, seed } = trial.plan.values;
  return await takeTrialSteps(trial, stage, {
    batches: stage.training.epoch(round - 1),
    placeOf: (images) => ({ learningRate, key: `${seed}/${round}/${images}`, isLast: true }),
    signal,
  });
}

/** Of the guess that all classes are alike, whose loss is log k, a training that learns nothing keeps most. */
const littleLearnt = 0.8;

/** A loss so many times that of a guess and of the first round has grown, also one that is no number. */
const muchWorse = 2;

async function reasonOf(history: readonly OverfitRound[], trial: Trial): Promise<string> {
  const { plan, classifier } = trial;
  const { values, tasks, training, labels } = plan;
  const { trainable, learningRate } = values;
  const [first, last] = [history[0], history.at(-1)] as [OverfitRound, OverfitRound];
  const guess = lossOfGuess(classifier);
  if (!(last.loss <= muchWorse * Math.max(first.loss, guess))) {
    return `The loss rose from ${first.loss.toFixed(3)} to ${last.loss.toPrecision(4)}: the steps are too large. Try a lower learning rate (it is ${learningRate}).`;
  }
  // Where images have one label each.
  const same = labels === undefined ? await contradiction(trial) : undefined;
  if (same !== undefined) {
    const [one, other] = same.map((index) => training.at(index));
    const names = [one, other].map((sample) => tasks[0]?.classes[sample?.label as number]);
    return `${one?.path} and ${other?.path} are the same picture with two labels, ${names.join(' and ')}: no training can learn both. Correct one of them.`;
  }
  const way =
    trainable === 'head'
      ? 'Only the head is trained: train all weights (trainable all), or try a higher learning rate'
      : 'Try a higher learning rate';
  const [before, after] = [first.loss.toFixed(3), last.loss.toFixed(3)];
  return last.loss > littleLearnt * guess
    ? `The loss stays near that of a guess, ${guess.toFixed(3)}: it was ${before} and is ${after}. ${way} (it is ${learningRate}).`
    : `The loss fell from ${before} to ${after}: it learns, but slowly. ${way} (it is ${learningRate}).`;
}

/** The indices of two images that have the same pixels and other labels. */
async function contradiction(trial: Trial): Promise<[number, number] | undefined> {
  const { preprocessing } = trial.classifier;
  using loader = trainingLoader({ ...trial, preprocessing }, 1);
  const seen = new Map<string, { label: number; index: number }>();
  for await (const batch of loader.epoch(0)) {
    const pixels = batch.pixels();
    batch.release();
    const length = pixels.byteLength / batch.count;
    for (const [row, index] of batch.indices.entries()) {
      const key = sha256(new Uint8Array(pixels.buffer, pixels.byteOffset + row * length, length));
      const label = batch.labels[row] as number;
      const earlier = seen.get(key);
      if (earlier !== undefined && earlier.label !== label) {
        return [earlier.index, index];
      }
      seen.set(key, { label, index });
    }
  }
  return undefined;
}
