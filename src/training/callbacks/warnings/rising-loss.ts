/** The training loss rises for three epochs. */
import { phasesOf } from '../../run/phases.js';
import { learnt, type Rule } from './rule.js';

const rises = 3;

/** On a plateau, chance alone lets the loss rise three times in a row, but less. */
const leastGrowth = 1.05;

/**
 * Three epochs in a row have a higher training loss than the one before, and together one that is 5% higher. In a phase that begins
 * with larger images, stronger augmentation or other weights the loss may rise: such an epoch begins the count anew.
 */
export const risingLoss: Rule = (history, run) => {
  const { options, classifier } = run;
  const recent = history.slice(-rises - 1);
  const starts = phasesOf(options, classifier.preprocessing.crop).map(({ from }) => from + 1);
  const isRising = recent
    .slice(1)
    .every(({ loss, epoch }, i) => loss > lossAt(recent, i) && !starts.includes(epoch));
  const [first, last] = [lossAt(recent, 0), lossAt(recent, rises)];
  return recent.length > rises && isRising && last > leastGrowth * first
    ? `The training loss of ${learnt(run)} has risen for three epochs, from ${first.toPrecision(3)} to ${last.toPrecision(3)}: a learning rate below ${options.learningRate} may help.`
    : undefined;
};

const lossAt = (history: readonly { loss: number }[], index: number): number =>
  history[index]?.loss ?? Number.NaN;
