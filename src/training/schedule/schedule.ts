/** What all learning-rate schedules share. */
import type { OptionTable } from '../../options.js';

/** A step of a run. */
export interface StepPlace {
  /** Number of the step in the whole run, from 0. */
  step: number;
  /** At least 1. */
  stepsPerEpoch: number;
  /** Of the whole run. */
  epochs: number;
}

/** A schedule in the list of all of them, `list.ts`. */
export interface ScheduleEntry<Values = never> {
  /** A few words for `--help`. */
  help: string;
  /** Its own options. An option that several have is declared in one of them. */
  options: OptionTable;
  /** @throws InvalidInputError when its options do not fit the number of epochs */
  check?(values: Values & { epochs: number }): void;
  /** The learning rate of a step; `learningRate` is the largest. */
  rateAt(place: StepPlace, values: Values & { learningRate: number }): number;
  /** The optimizer's momentum in a step; without this method it is that of its option. */
  momentumAt?(place: StepPlace, values: Values): number;
}
