/** Options of classifying: windows, batches and threads, for evaluation and prediction alike. */
import type { OptionTable, OptionValues } from '../options.js';
import { loaderOptions } from '../pipeline/index.js';
import { meanNames } from './mean.js';

/** Views of each window beside itself. */
export const viewOptions = {
  mirror: {
    type: 'boolean',
    default: false,
    help: 'also the mirror image of each window',
  },
  scales: {
    type: 'numbers',
    default: [1],
    min: 0.1,
    max: 10,
    most: 4,
    help: 'sizes of the photo before it is cropped, as multiples of the usual one, 1; each gives its own windows',
  },
  rotations: {
    type: 'numbers',
    default: [],
    defaultHelp: 'none',
    min: 0.1,
    max: 180,
    most: 4,
    help: 'degrees by which each window is also turned, to the left and to the right',
  },
} as const satisfies OptionTable;

export const classifyOptions = {
  crops: {
    type: 'choice',
    choices: ['center', 'five', 'ten'],
    default: 'center',
    help: 'windows of each image whose probabilities are averaged: the centre; the centre and four corners; or these five and their mirror images',
  },
  ...viewOptions,
  mean: {
    type: 'choice',
    choices: meanNames,
    default: undefined,
    defaultHelp: 'arithmetic, or that of the ensemble',
    help: 'mean of the probabilities of several windows and classifiers: arithmetic, or geometric: the product of their powers, divided by its sum',
  },
  batchSize: {
    type: 'integer',
    default: 32,
    min: 1,
    max: 4096,
    help: 'windows in a batch; a batch has the windows of one image or more',
  },
  threads: loaderOptions.threads,
} as const satisfies OptionTable;

export type ClassifyOptions = OptionValues<typeof classifyOptions>;
