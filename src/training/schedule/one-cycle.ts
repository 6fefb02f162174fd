/** One-cycle: a half cosine up to the learning rate, then one down to almost 0. */
import { conflict } from '../../errors.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { cosine } from './cosine.js';
import type { ScheduleEntry } from './schedule.js';

const appliesWith = { option: 'schedule', choices: ['one-cycle'] };

const options = {
  riseShare: {
    type: 'number',
    default: 0.3,
    min: 0,
    max: 1,
    help: 'share of all steps in which the one-cycle schedule rises',
    appliesWith,
  },
  startDivisor: {
    type: 'number',
    default: 25,
    min: 1,
    max: 1e9,
    help: 'its first rate is the learning rate divided by this',
    appliesWith,
  },
  endDivisor: {
    type: 'number',
    default: 1e4,
    min: 1,
    max: 1e9,
    help: 'its last rate is the first one divided by this',
    appliesWith,
  },
} as const satisfies OptionTable;

const halfCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/**
 * From learningRate / startDivisor to `learningRate` and down to learningRate / (startDivisor · endDivisor), by the formula of
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html, whose pct_start, div_factor and
 * final_div_factor the options are (Smith & Topin 2017, https://arxiv.org/abs/1708.07120).
 */
export const oneCycle = {
  help: 'a half cosine up, then one to almost 0',
  options,
  check: ({ warmUp }) => {
    if (warmUp !== cosine.options.warmUp.default) {
      const why = 'Its riseShare says how long it rises: leave warmUp out';
      throw conflict(`warmUp ${warmUp}`, 'schedule one-cycle', why);
    }
  },
  rateAt: ({ step, stepsPerEpoch, epochs }, values) => {
    const { learningRate, riseShare, startDivisor, endDivisor } = values;
    const first = learningRate / startDivisor;
    const steps = epochs * stepsPerEpoch;
    const top = riseShare * steps - 1;
    return step < top
      ? halfCosine(first, learningRate, step / top)
      : halfCosine(learningRate, first / endDivisor, (step - top) / (steps - 1 - top || 1));
  },
} satisfies ScheduleEntry<OptionValues<typeof options & typeof cosine.options>>;
