/** Turns the outcomes of training contenders into rows, and decides which are disqualified. */
import { median } from '../results.js';
import type { TrainOutcome } from './job.js';

/** All outcomes of one contender on one part, one for each round. */
export interface TrainTrial {
  part: string;
  batch: number;
  contender: string;
  outcomes: TrainOutcome[];
  remarks: string;
}

/** One row of the table and of `--json`. */
export interface TrainRow {
  /** Network and images a step: `resnet50-v2:32`. */
  part: string;
  contender: string;
  /** Median of the medians of the rounds. */
  msPerStep: number;
  imagesPerSecond: number;
  /** (largest − smallest) / median. */
  spread: number;
  /** Time divided by the yardstick's: the median of the ratios within each round. Null without a yardstick. */
  ratio: number | null;
  /** Peak memory over the rounds. */
  peakBytes: number;
  version: string;
  remarks: string;
}

/** Another order of float32 sums differs by a hundredth of this; a gradient error of 2% differs by more. */
const tolerance = 1e-3;

/** Why `logits` are not those of the reference's network and weights, or undefined. */
export function logitsComplaint(logits: number[], reference: number[]): string | undefined {
  const differences = logits.map((logit, i) => logit - (reference[i] as number));
  const off = Math.hypot(...differences) / Math.hypot(...reference);
  return off <= tolerance ? undefined : `its logits are off by ${off.toExponential(1)}`;
}

/** Why `outcome` does not have the network, weights and optimizer of `reference`, or undefined. */
export function outcomeComplaint(outcome: TrainOutcome, reference: TrainOutcome) {
  const complaint = logitsComplaint(outcome.logits, reference.logits);
  if (complaint !== undefined) {
    return complaint;
  }
  const wrong = outcome.losses.findIndex((loss, i) => {
    const wanted = reference.losses[i] as number;
    return !(Math.abs(loss - wanted) <= tolerance * wanted);
  });
  if (wrong < 0) {
    return undefined;
  }
  return `its loss of step ${wrong + 1} is ${outcome.losses[wrong]}, not ${reference.losses[wrong]}`;
}

/** Rows in the order of the trials, which are of one part and have the same rounds. */
export function trainRowsOf(trials: TrainTrial[], yardsticks: string[]): TrainRow[] {
  const times = ({ outcomes }: TrainTrial) => outcomes.map(({ msPerStep }) => msPerStep);
  const [yardstick] = trials
    .filter(({ contender }) => yardsticks.includes(contender))
    .sort((a, b) => median(times(a)) - median(times(b)));
  return trials.map((trial) => {
    const { part, batch, contender, outcomes, remarks } = trial;
    const own = times(trial);
    const ratios = yardstick && times(yardstick).map((of, round) => (own[round] as number) / of);
    const msPerStep = median(own);
    return {
      part,
      contender,
      msPerStep,
      imagesPerSecond: (1000 * batch) / msPerStep,
      spread: (Math.max(...own) - Math.min(...own)) / msPerStep,
      ratio: ratios ? median(ratios) : null,
      peakBytes: Math.max(...outcomes.map(({ peakBytes }) => peakBytes)),
      version: outcomes[0]?.version ?? '',
      remarks,
    };
  });
}

export const trainHeader = [
  'contender',
  'ms/step',
  'spread',
  'images/s',
  '× best',
  'GB',
  'version',
  'remarks',
];

/** The cells of a row under {@link trainHeader}. */
export const trainCellsOf = (row: TrainRow): string[] => [
  row.contender,
  row.msPerStep.toFixed(0),
  `${(100 * row.spread).toFixed(0)}%`,
  row.imagesPerSecond.toFixed(1),
  row.ratio?.toFixed(2) ?? '–',
  (row.peakBytes / 1e9).toFixed(1),
  row.version,
  row.remarks,
];
