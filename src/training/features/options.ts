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
  const others = [
    ...(mixup > 0 ? [`mixup ${mixup}`] : []),
    ...(cutmix > 0 ? [`cutmix ${cutmix}`] : []),
    ...(stages > 1 ? [`stages ${stages}`] : []),
    ...(sampling === 'once' ? [] : [`sampling ${sampling}`]),
    ...(dtype === 'float32' ? [] : [`dtype ${dtype}`]),
    ...(augment === 'gpu' ? ['augment gpu'] : []),
  ];
  const [other] = others;
  if (featureViews > 0 && other !== undefined) {
    const why = `It works on the pixels of each epoch: leave ${other.split(' ')[0]} out`;
    throw conflict(other, `featureViews ${featureViews}`, why);
  }
}
