/** Step: a constant rate, lower after each quarter of the epochs. */
import type { ScheduleEntry } from './schedule.js';

/** Factor after each quarter, from the original recipe: after epochs 10, 20 and 30 of 40. */
const factor = 0.75;

export const step = {
  help: '× 0.75 after each quarter of the epochs',
  options: {},
  rateAt: ({ step, stepsPerEpoch, epochs }, { learningRate }) => {
    const epoch = Math.floor(step / stepsPerEpoch);
    return learningRate * factor ** Math.floor((4 * epoch) / epochs);
  },
} satisfies ScheduleEntry<object>;
