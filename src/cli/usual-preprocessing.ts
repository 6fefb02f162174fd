/** The preprocessing of most models, for commands without a model. */
import type { Preprocessing } from '../pipeline/index.js';

export const usualPreprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  mean: [127, 127, 127],
  std: [128, 128, 128],
  channels: 'rgb',
};
