/** Options of extracting features. */
import type { OptionTable, OptionValues } from '../options.js';
import { loaderOptions } from '../pipeline/index.js';

/** The most views of an image whose features are computed. */
export const mostViews = 100;

export const featureOptions = {
  views: {
    type: 'integer',
    default: 1,
    min: 1,
    max: mostViews,
    help: 'views of each image, each with other random changes; one without augmentation',
  },
  seed: { ...loaderOptions.seed, help: 'seed of the random changes' },
  batchSize: { ...loaderOptions.batchSize, default: 32, help: 'views in a batch' },
  threads: loaderOptions.threads,
} as const satisfies OptionTable;

export type FeatureOptions = OptionValues<typeof featureOptions>;
