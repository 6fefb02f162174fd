/** Options of the schedule, and the learning rate of a step by the chosen one. */
import type { OptionTable, OptionValues } from '../../options.js';
import { schedules } from './list.js';
import type { ScheduleEntry, StepPlace } from './schedule.js';

export const scheduleOptions = {
  schedule: {
    type: 'choice',
    choices: Object.keys(schedules) as (keyof typeof schedules)[],
    default: 'cosine',
    help: `learning rate over time: ${Object.entries(schedules)
      .map(([name, { help }]) => `${name}: ${help}`)
      .join('; ')}`,
  },
  ...schedules.cosine.options,
  ...schedules['one-cycle'].options,
} as const satisfies OptionTable;

export type ScheduleValues = OptionValues<typeof scheduleOptions>;

const entryOf = (values: ScheduleValues): ScheduleEntry<ScheduleValues> =>
  schedules[values.schedule];

/** @throws InvalidInputError when the options of the chosen schedule do not fit the number of epochs */
export function checkSchedule(values: ScheduleValues & { epochs: number }): void {
  entryOf(values).check?.(values);
}

/** The learning rate of a step; `learningRate` is the largest. */
export function learningRateAt(
  values: ScheduleValues & { learningRate: number },
  place: StepPlace,
): number {
  return entryOf(values).rateAt(place, values);
}
