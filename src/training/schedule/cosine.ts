/** Cosine: a linear warm-up, then a half cosine to 0. */
import { expected } from '../../errors.js';
import type { OptionTable, OptionValues } from '../../options.js';
import type { ScheduleEntry } from './schedule.js';

const options = {
  warmUp: {
    type: 'number',
    default: 0.5,
    min: 0,
    max: 1000,
    help: 'epochs in which the cosine schedule rises to the learning rate',
  },
} as const satisfies OptionTable;

/**
 * Rises linearly to `learningRate` over `warmUp` epochs, then falls as (1 + cos πt) / 2, with t from 0 to 1 over the
 * remaining epochs (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts).
 */
export const cosine = {
  help: 'a warm-up, then a cosine to 0',
  options,
  check: ({ warmUp, epochs }) => {
    if (warmUp >= epochs) {
      throw expected(`a number below epochs (${epochs})`, 'warmUp', warmUp);
    }
  },
  rateAt: ({ step, stepsPerEpoch, epochs }, { learningRate, warmUp }) => {
    const rising = warmUp * stepsPerEpoch;
    if (step < rising) {
      return (learningRate * (step + 1)) / (rising + 1);
    }
    const t = (step - rising) / (epochs * stepsPerEpoch - rising);
    return (learningRate * (1 + Math.cos(Math.PI * t))) / 2;
  },
} satisfies ScheduleEntry<OptionValues<typeof options>>;
