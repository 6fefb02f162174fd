/** One-cycle: a half cosine up to the learning rate, then one down to almost 0, and the momentum the other way round. */
import { conflict } from '../../errors.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { cosine } from './cosine.js';
import type { ScheduleEntry, StepPlace } from './schedule.js';

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
  momentumRange: {
    type: 'range',
    default: [0.85, 0.95],
    min: 0,
    max: 0.9999,
    help: 'its momentum (of AdamW and Lion β₁) at the highest rate, and at the first and the last one',
    appliesWith,
  },
} as const satisfies OptionTable;

type Values = OptionValues<typeof options & typeof cosine.options>;

const halfCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/** A value that goes from `first` to `top` and on to `last`. */
function cycled(
  { step, stepsPerEpoch, epochs }: StepPlace,
  riseShare: number,
  { first, top, last }: { first: number; top: number; last: number },
): number {
  const steps = epochs * stepsPerEpoch;
  const turn = riseShare * steps - 1;
  return step < turn
    ? halfCosine(first, top, step / turn)
    : halfCosine(top, last, (step - turn) / (steps - 1 - turn || 1));
}

/**
 * From learningRate / startDivisor to `learningRate` and down to learningRate / (startDivisor · endDivisor), by the formula of
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html, whose pct_start, div_factor and
 * final_div_factor the options are; `momentumRange` is its base_momentum and max_momentum (Smith & Topin 2017, https://arxiv.org/abs/1708.07120).
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
  rateAt: (place, { learningRate, riseShare, startDivisor, endDivisor }) => {
    const first = learningRate / startDivisor;
    return cycled(place, riseShare, { first, top: learningRate, last: first / endDivisor });
  },
  momentumAt: (place, { riseShare, momentumRange }) => {
    const [low, high] = momentumRange as readonly [number, number];
    return cycled(place, riseShare, { first: high, top: low, last: high });
  },
} satisfies ScheduleEntry<Values>;
