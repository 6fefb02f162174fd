/** ResNet V2 of 50 and 101 layers, as Keras's `applications` have it and as timm has it. */
import { torchNaming } from '../weights/namings.js';
import { imageNetCrop, type Network, signedPixels } from './network.js';
import { type Residuals, residuals } from './residual.js';

const keras = {
  kernels: [1, 3, 1],
  preactivated: true,
  strides: 2,
  stridingBlock: 'last',
  biases: 'unnormalized',
  epsilon: 1.001e-5,
  poolEdge: 'zeros',
} as const satisfies Omit<Residuals, 'blocks'>;

const timm = {
  ...keras,
  stridingBlock: 'first',
  biases: 'none',
  epsilon: 1e-5,
  poolEdge: 'none',
} as const satisfies Omit<Residuals, 'blocks'>;

/** `stages.1.blocks.0.conv2`, by the names of Keras's layers. */
const timmNaming = torchNaming((layer) => {
  const [, stage, block, part] = /^conv(\d)_block(\d+)_(.+)$/.exec(layer) ?? [];
  if (stage === undefined) {
    return layer === 'post_bn' ? 'norm' : 'stem.conv';
  }
  const [, number, kind] = /^(\d|preact)_(conv|bn)$/.exec(part as string) ?? [];
  const norm = number === 'preact' ? 1 : Number(number) + 1;
  const name = kind === 'bn' ? `norm${norm}` : number === '0' ? 'downsample.conv' : `conv${number}`;
  return `stages.${Number(stage) - 2}.blocks.${Number(block) - 1}.${name}`;
});

const shared = { size: 224, dropout: 0 };

/** Its `a1h_in1k`. */
const timmResults =
  'https://github.com/huggingface/pytorch-image-models/blob/main/results/results-imagenet.csv';

const kerasNetwork = (layers: 50 | 101, blocks: number[], percent: number): Network => ({
  ...shared,
  origins: [`Keras ResNet${layers}V2`],
  top1: { percent, source: 'https://keras.io/api/applications/' },
  preprocessing: (size) => imageNetCrop(size, signedPixels),
  build: (size, seed) => residuals({ ...keras, blocks }, size, seed),
});

const timmNetwork = (layers: 50 | 101, blocks: number[], percent: number): Network => ({
  ...shared,
  origins: [`timm resnetv2_${layers}`],
  top1: { percent, size: 288, source: timmResults },
  preprocessing: (size) => imageNetCrop(size, signedPixels),
  build: (size, seed) => residuals({ ...timm, blocks }, size, seed),
  namings: [timmNaming],
});

const [blocks50, blocks101] = [
  [3, 4, 6, 3],
  [3, 4, 23, 3],
];

export const resNet50V2 = kerasNetwork(50, blocks50, 76.0);
export const resNet101V2 = kerasNetwork(101, blocks101, 77.2);
export const resNet50V2Torch = timmNetwork(50, blocks50, 81.4);
export const resNet101V2Torch = timmNetwork(101, blocks101, 83.0);
