/** Options of choosing the weights of an ensemble. */
import type { OptionTable } from '../../options.js';
import { metricNames } from './metrics.js';

export const ensembleOptions = {
  metric: {
    type: 'choice',
    choices: metricNames,
    default: undefined,
    defaultHelp: 'average-precision where labels are doubtful or of any number; else accuracy',
    help: 'score that chooses the members',
  },
  temperatures: {
    type: 'boolean',
    default: false,
    help: 'give each candidate the temperature with the least log loss before they are averaged; average precision ranks images by their top probability, so a temperature changes it',
  },
  rounds: {
    type: 'integer',
    default: 50,
    min: 1,
    max: 10_000,
    help: 'members at most; the same candidate may be a member several times',
  },
} as const satisfies OptionTable;
