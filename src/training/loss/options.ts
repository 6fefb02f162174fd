/** Options of the loss, and the loss of a step by the chosen one. */
import type { OptionTable, OptionValues } from '../../options.js';
import { smoothed } from './cross-entropy.js';
import { losses } from './list.js';
import type { LossEntry, RowLosses } from './loss.js';

export const lossOptions = {
  loss: {
    type: 'choice',
    choices: Object.keys(losses) as (keyof typeof losses)[],
    default: 'cross-entropy',
    help: Object.entries(losses)
      .map(([name, { help }]) => `${name}: ${help}`)
      .join('; '),
  },
  ...losses.focal.options,
  labelSmoothing: {
    type: 'number',
    default: 0.1,
    min: 0,
    max: 0.9,
    help: 'share of the target spread evenly over all classes',
  },
} as const satisfies OptionTable;

export type LossValues = OptionValues<typeof lossOptions>;

/** The chosen loss of each row, where each image has one class, with label smoothing. */
export function rowLosses(values: LossValues): RowLosses {
  const entry: LossEntry<LossValues> = losses[values.loss];
  const unsmoothed = entry.softmax(values);
  return (logits, targets) => unsmoothed(logits, smoothed(targets, values.labelSmoothing));
}
