/** The learning rate is far above the range in which the loss falls. */
import { lossOfGuess } from '../../loss/guess.js';
import { learnt, type Rule } from './rule.js';

/**
 * After the second epoch or a later one, the training loss is more than 1.25 times that of equal probabilities, and at least 0.9 times that
 * of the epoch before. A network that learns beats equal probabilities; one that begins with a higher loss, as pretrained networks do
 * with small images, at least comes nearer to them with each epoch. Where the rate is a little too high, the loss falls, but less;
 * it stays above a guess only where the rate is about ten times too high.
 */
export const largeRate: Rule = (history, run) => {
  const guess = lossOfGuess(run.classifier);
  const [before, last] = history.slice(-2);
  return last !== undefined &&
    last.loss > 1.25 * guess &&
    last.loss > 0.9 * (before?.loss as number)
    ? `The training loss of ${learnt(run)} is ${last.loss.toPrecision(3)} after epoch ${last.epoch}, worse than the ${guess.toPrecision(3)} of a guess: the learning rate (${run.options.learningRate}) is probably ten times too high.`
    : undefined;
};
