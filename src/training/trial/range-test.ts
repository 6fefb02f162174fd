/**
 * The learning-rate range test (Smith 2017, https://arxiv.org/abs/1506.01186): steps at growing rates, the curve of their losses, and
 * the rate that it suggests. Smoothing, stop and rules are those of fastai's `lr_find`
 * (https://docs.fast.ai/callback.schedule.html#learner.lr_find).
 */
import type { OptionTable, OptionValues } from '../../options.js';

export const rangeTestOptions = {
  steps: {
    type: 'integer',
    default: 100,
    min: 10,
    max: 100_000,
    help: 'most steps of the test, each at a higher rate than the one before',
  },
  startRate: {
    type: 'number',
    default: 1e-6,
    min: 1e-12,
    max: 100,
    help: 'rate of the first step',
  },
  endRate: {
    type: 'number',
    default: 10,
    min: 1e-12,
    max: 1000,
    help: 'rate of the last step, unless the loss diverges before it',
  },
} as const satisfies OptionTable;

export type RangeTestValues = OptionValues<typeof rangeTestOptions>;

/** A step of the test. */
export interface RatePoint {
  /** From 1. */
  step: number;
  learningRate: number;
  /** Mean over the step's batch, before the weights change; NaN or infinite where it diverges. */
  loss: number;
  /** Exponentially smoothed, with bias correction. */
  smoothedLoss: number;
}

/** The losses at growing learning rates, and the rate that they suggest. */
export interface RangeTest {
  /** By ascending rate, up to the step that diverges. */
  points: RatePoint[];
  /** Whether the smoothed loss rose to four times its lowest value, or was not finite. */
  diverged: boolean;
  /** A tenth of the rate of the lowest smoothed loss; undefined where no rate lowers the loss. */
  suggestion: number | undefined;
  /** The rate where the smoothed loss falls most steeply over the logarithm of the rate; undefined with the suggestion. */
  steepest: number | undefined;
  /** How the suggestion was chosen and how sure it is, or why there is none, in sentences. */
  reason: string;
}

/** What the smoothed loss keeps of the value before. */
const smoothing = 0.9;

/** The test ends when the smoothed loss exceeds its lowest value so many times. */
const divergence = 4;

/**
 * Takes `steps` steps at rates that grow exponentially from `startRate` to `endRate`, fewer if the loss diverges.
 *
 * @param step trains at this rate; resolves to the loss before the weights change
 */
export async function rangeTest(
  step: (learningRate: number, index: number) => Promise<number>,
  { steps, startRate, endRate }: RangeTestValues,
  onPoint: (point: RatePoint) => void = () => {},
): Promise<RangeTest> {
  const points: RatePoint[] = [];
  let average = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let diverged = false;
  for (let index = 0; index < steps && !diverged; index++) {
    const learningRate = startRate * (endRate / startRate) ** (index / (steps - 1));
    const loss = await step(learningRate, index);
    average = smoothing * average + (1 - smoothing) * loss;
    const smoothedLoss = average / (1 - smoothing ** (index + 1));
    const point = { step: index + 1, learningRate, loss, smoothedLoss };
    points.push(point);
    onPoint(point);
    lowest = Math.min(lowest, smoothedLoss);
    diverged = !(smoothedLoss <= divergence * lowest);
  }
  return { points, diverged, ...suggestionOf(points, diverged) };
}

/** A loss that falls by less than this share has not fallen: batches differ by as much. */
const leastFall = 0.05;

/** The first steps, of which the smoothed loss is a mean of few, say nothing about its slope. */
const unsettled = 5;

/** Two rules that differ by at most this factor count as agreeing. */
const agreement = 5;

function suggestionOf(
  points: readonly RatePoint[],
  diverged: boolean,
): Pick<RangeTest, 'suggestion' | 'steepest' | 'reason'> {
  const finite = points.filter(({ smoothedLoss }) => Number.isFinite(smoothedLoss));
  const [first, last] = [finite[0], finite.at(-1)];
  if (first === undefined || last === undefined) {
    const reason =
      'The loss of the first step is not finite: the starting weights or the targets are wrong.';
    return { suggestion: undefined, steepest: undefined, reason };
  }
  const low = finite.reduce((best, each) => (each.smoothedLoss < best.smoothedLoss ? each : best));
  const fall = 1 - low.smoothedLoss / first.smoothedLoss;
  if (!(fall >= leastFall)) {
    const reason = `The smoothed loss fell by less than ${100 * leastFall}% at every rate from ${shown(first.learningRate)} to ${shown(last.learningRate)}: no rate is suggested. Take more steps, so that more of them have a useful rate.`;
    return { suggestion: undefined, steepest: undefined, reason };
  }
  const steepest = steepestOf(finite.slice(0, low.step + 1)).learningRate;
  const suggestion = low.learningRate / 10;
  const chosen = `A tenth of ${shown(low.learningRate)}, where the smoothed loss is lowest (${low.smoothedLoss.toFixed(3)}, from ${first.smoothedLoss.toFixed(3)}); it falls most steeply at ${shown(steepest)}`;
  return { suggestion, steepest, reason: `${chosen}. ${sureness()}` };

  function sureness(): string {
    if (!diverged && low.step > 0.95 * points.length) {
      return `The loss still fell at the highest rate, so the suggestion is too low, if anything: try a higher endRate.`;
    }
    const factor = Math.max(suggestion / steepest, steepest / suggestion);
    return factor <= agreement
      ? `The two differ by a factor of ${factor.toFixed(1)}, so the suggestion is sure to about such a factor.`
      : `The two differ by a factor of ${factor.toFixed(0)}, so the suggestion is a guess: look at the curve, and try both.`;
  }
}

/** The point of the steepest fall, by central differences; the rates are equally spaced in their logarithm. */
function steepestOf(points: readonly RatePoint[]): RatePoint {
  let best = points[Math.min(unsettled, points.length - 1)] as RatePoint;
  let steepest = Number.POSITIVE_INFINITY;
  for (let index = unsettled; index + 1 < points.length; index++) {
    const [before, after] = [points[index - 1] as RatePoint, points[index + 1] as RatePoint];
    const slope = after.smoothedLoss - before.smoothedLoss;
    if (slope < steepest) {
      [steepest, best] = [slope, points[index] as RatePoint];
    }
  }
  return best;
}

const shown = (rate: number): string => `${Number(rate.toPrecision(2))}`;
