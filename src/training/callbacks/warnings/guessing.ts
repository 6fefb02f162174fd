/** The network does no better than a guess. */
import { lossOfGuess } from '../../loss/guess.js';
import { learnt, type Rule } from './rule.js';

const epochs = 2;

/** Two epochs in a row have a training loss that is within 1% of that of equal probabilities. */
export const guessing: Rule = (history, run) => {
  const guess = lossOfGuess(run.classifier);
  const recent = history.slice(-epochs);
  return recent.length === epochs && recent.every(({ loss }) => Math.abs(loss / guess - 1) < 0.01)
    ? `The training loss of ${learnt(run)} has stayed at ${guess.toFixed(2)} for two epochs, as if the network guessed: check the labels, the weights that it begins with, and the learning rate (${run.options.learningRate}).`
    : undefined;
};
