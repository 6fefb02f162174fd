/** Turns the outcomes of contenders for the forward pass into rows. */
import { median } from '../results.js';
import type { Passes, PredictOutcome } from './job.js';

/** All outcomes of one contender on one network, one for each round. */
export interface ForwardTrial {
  net: string;
  contender: string;
  outcomes: PredictOutcome[];
  remarks: string;
}

/** One row of the table and of `--json`: medians over the rounds. */
export interface ForwardRow {
  /** Network and batch: `mobilenet-v2, batch 32`. */
  trial: string;
  contender: string;
  batch: number;
  p50: number;
  p99: number;
  cpuMs: number;
  /** (largest − smallest) / median of the rounds' p50. */
  spread: number;
  /** Rate divided by the yardstick's: the median of the ratios within each round. Null without a yardstick. */
  ratio: number | null;
  /** Peak memory over the rounds. */
  peakBytes: number;
  version: string;
  remarks: string;
}

const passesOf = ({ outcomes }: ForwardTrial, at: number): Passes[] =>
  outcomes.map(({ passes }) => passes[at] as Passes);

/** Rows by network and batch, in the order of the trials; all trials have the same rounds and batches. */
export function forwardRowsOf(all: ForwardTrial[], yardstick: string): ForwardRow[] {
  const batches = all[0]?.outcomes[0]?.passes.map(({ batch }) => batch) ?? [];
  return [...new Set(all.map(({ net }) => net))].flatMap((net) =>
    batches.flatMap((batch, at) => {
      const trials = all.filter((trial) => trial.net === net);
      const measure = trials.find(({ contender }) => contender === yardstick);
      return trials.map((trial) => {
        const passes = passesOf(trial, at);
        const medianOf = (key: 'p50' | 'p99' | 'cpuMs') => median(passes.map((each) => each[key]));
        const times = passes.map(({ p50 }) => p50);
        const ratios =
          measure && passesOf(measure, at).map(({ p50 }, round) => p50 / (times[round] as number));
        return {
          trial: `${net}, batch ${batch}`,
          contender: trial.contender,
          batch,
          p50: medianOf('p50'),
          p99: medianOf('p99'),
          cpuMs: medianOf('cpuMs'),
          spread: (Math.max(...times) - Math.min(...times)) / medianOf('p50'),
          ratio: ratios ? median(ratios) : null,
          peakBytes: Math.max(...trial.outcomes.map(({ peakBytes }) => peakBytes)),
          version: trial.outcomes[0]?.version ?? '',
          remarks: trial.remarks,
        };
      });
    }),
  );
}

export const forwardHeader = [
  'contender',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  'spread',
  'images/s',
  '× ONNX Runtime',
  'GB',
  'version',
  'remarks',
];

/** The cells of a row under {@link forwardHeader}. */
export const forwardCellsOf = (row: ForwardRow): string[] => [
  row.contender,
  row.p50.toFixed(1),
  row.p99.toFixed(1),
  row.cpuMs.toFixed(1),
  `${(100 * row.spread).toFixed(0)}%`,
  ((1000 * row.batch) / row.p50).toFixed(1),
  row.ratio?.toFixed(2) ?? '–',
  (row.peakBytes / 1e9).toFixed(1),
  row.version,
  row.remarks,
];
