/** The preprocessing of most models, for commands without a model. */
import { type Preprocessing, preprocessingOptions } from '../pipeline/index.js';

/** What may differ from {@link usualPreprocessing}. */
export const usualPreprocessingOptions = {
  filter: { ...preprocessingOptions.filter, default: 'bilinear', defaultHelp: 'bilinear' },
  fit: { ...preprocessingOptions.fit, default: 'crop', defaultHelp: 'crop' },
  boxMargin: { ...preprocessingOptions.boxMargin, default: 0, defaultHelp: '0' },
} as const;

export const usualPreprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  mean: [127, 127, 127],
  std: [128, 128, 128],
  channels: 'rgb',
};
