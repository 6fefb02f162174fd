/** The learning rate as a function of the step. */
import type { TrainValues } from './options.js';

type Schedule = Pick<TrainValues, 'schedule' | 'learningRate' | 'warmUp' | 'epochs'>;

/** Factor after each quarter, from the original recipe: after epochs 10, 20 and 30 of 40. */
const stepFactor = 0.75;

/**
 * The learning rate of one step.
 *
 * Cosine: rises linearly to `learningRate` over `warmUp` epochs, then falls as (1 + cos πt) / 2, with t
 * from 0 to 1 over the remaining epochs (Loshchilov & Hutter 2017, without restarts).
 *
 * @param step number of the step in the whole run, from 0
 * @param stepsPerEpoch at least 1
 */
export function learningRateAt(
  { schedule, learningRate, warmUp, epochs }: Schedule,
  step: number,
  stepsPerEpoch: number,
): number {
  if (schedule === 'step') {
    const epoch = Math.floor(step / stepsPerEpoch);
    return learningRate * stepFactor ** Math.floor((4 * epoch) / epochs);
  }
  const rising = warmUp * stepsPerEpoch;
  if (step < rising) {
    return (learningRate * (step + 1)) / (rising + 1);
  }
  const t = (step - rising) / (epochs * stepsPerEpoch - rising);
  return (learningRate * (1 + Math.cos(Math.PI * t))) / 2;
}
