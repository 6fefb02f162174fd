/** The option that trains a head on features which are computed once, and what it excludes. */
import { conflict } from '../../errors.js';
import { mostViews } from '../../features/index.js';
import type { OptionTable } from '../../options.js';
import type { Augmentation } from '../../pipeline/index.js';

export const featureViewsOption = {
  featureViews: {
    type: 'integer',
    default: 0,
    min: 0,
    max: mostViews,
    help: 'augmented views of each training image whose features are computed once, before the first epoch; 0: each epoch takes images through the whole network',
    appliesWith: { option: 'trainable', choices: ['head'] },
  },
} as const satisfies OptionTable;

interface Values {
  featureViews: number;
  stages: number;
  sampling: string;
  dtype: string;
  augment: string;
}

/** @throws InvalidInputError for an option that needs the pixels of each epoch */
export function checkFeatureViews(values: Values, { mixup, cutmix }: Augmentation): void {
  const { featureViews, stages, sampling, dtype, augment } = values;
  const plain = { mixup: 0, cutmix: 0, stages: 1, sampling: 'once', dtype: 'float32' };
  const given = { mixup, cutmix, stages, sampling, dtype };
  const names = Object.keys(plain) as (keyof typeof plain)[];
  const other = names.find((name) => given[name] !== plain[name]);
  if (featureViews === 0) {
    return;
  }
  const views = `featureViews ${featureViews}`;
  if (other !== undefined) {
    const why = `It works on the pixels of each epoch: set ${other} to ${plain[other]}`;
    throw conflict(`${other} ${given[other]}`, views, why);
  }
  if (augment === 'gpu') {
    throw conflict(
      'augment gpu',
      views,
      'Features are of images that the CPU renders: use augment cpu',
    );
  }
}
