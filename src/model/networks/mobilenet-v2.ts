/** MobileNetV2 of width 1.0 as Keras's `applications.MobileNetV2` has it, layer for layer. */
import { type InvertedResiduals, invertedResiduals } from './inverted-residual.js';
import { imageNetCrop, type Network, signedPixels } from './network.js';

/** Table 2 of https://arxiv.org/abs/1801.04381. */
const mobileNet: InvertedResiduals = {
  stages: [
    { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
    { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
    { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 32 },
    { repeats: 4, kernel: 3, stride: 2, expand: 6, channels: 64 },
    { repeats: 3, kernel: 3, stride: 1, expand: 6, channels: 96 },
    { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 160 },
    { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
  ],
  blockName: (block) => (block === 0 ? 'expanded_conv' : `block_${block}`),
  layerNames: (part) => ends[part] ?? [part, `${part}_BN`, `${part}_relu`],
  padsApart: true,
};

const ends: Record<string, [string, string, string]> = {
  stem: ['Conv1', 'bn_Conv1', 'Conv1_relu'],
  top: ['Conv_1', 'Conv_1_bn', 'out_relu'],
};

/** Layers have Keras's names: `Conv1`, `block_3_expand_BN`, … */
export const mobileNetV2: Network = {
  size: 224,
  dropout: 0,
  preprocessing: (size) => imageNetCrop(size, signedPixels),
  build: (size, seed) => invertedResiduals(mobileNet, size, seed),
};
