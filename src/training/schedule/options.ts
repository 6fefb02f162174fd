/** Options of the schedule, and the learning rate of a step by the chosen one. */
import { conflict } from '../../errors.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { momentumOf, type UpdaterOptions } from '../optimizer/index.js';
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

/**
 * @throws InvalidInputError when the options of the chosen schedule do not fit the number of epochs, and when the momentum is
 *   given beside a schedule that sets it
 */
export function checkSchedule(values: ScheduleValues & UpdaterOptions & { epochs: number }): void {
  const entry = entryOf(values);
  entry.check?.(values);
  const { name, value, preset } = momentumOf(values);
  if (entry.momentumAt !== undefined && value !== undefined && value !== preset) {
    const why = `The schedule sets it in each step: leave ${name} out`;
    throw conflict(`${name} ${value}`, `schedule ${values.schedule}`, why);
  }
}

/** The learning rate of a step; `learningRate` is the largest. */
export function learningRateAt(
  values: ScheduleValues & { learningRate: number },
  place: StepPlace,
): number {
  return entryOf(values).rateAt(place, values);
}

/** The momentum of a step; undefined where the optimizer's option decides. */
export const momentumAt = (values: ScheduleValues, place: StepPlace): number | undefined =>
  entryOf(values).momentumAt?.(place, values);
