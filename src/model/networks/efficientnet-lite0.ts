/** EfficientNet-Lite0 as a tfjs model: the published network without squeeze-excite, with ReLU6. */
import type { Backbone } from './builder.js';
import { type InvertedResiduals, invertedResiduals } from './inverted-residual.js';

/** Lite0 is width 1.0, depth 1.0 of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. */
const lite0: InvertedResiduals = {
  stages: [
    { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
    { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
    { repeats: 2, kernel: 5, stride: 2, expand: 6, channels: 40 },
    { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 80 },
    { repeats: 3, kernel: 5, stride: 1, expand: 6, channels: 112 },
    { repeats: 4, kernel: 5, stride: 2, expand: 6, channels: 192 },
    { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
  ],
  blockName: (block) => `block${block}`,
  layerNames: (part) => [`${part}_conv`, `${part}_bn`, `${part}_relu6`],
  padsApart: false,
};

/**
 * The network up to its 1280 pooled features; see {@link invertedResiduals}. Layer names follow the
 * torch state dict: `stem_conv`, `block3_expand_bn`, …
 */
export const efficientNetLite0 = (size: number, seed: number): Backbone =>
  invertedResiduals(lite0, size, seed);
