/** What a Keras model says of the preprocessing of its images: by its first layers, or by the name of an application of Keras's. */
import { caffePixels, imageNetPixels, signedPixels } from '../../model/index.js';
import type { KnownPreprocessing } from '../preprocessing.js';
import type { Topology } from './topology.js';

/** Keras's modes (https://github.com/keras-team/keras/blob/v3.15.1/keras/src/applications/imagenet_utils.py). */
const modes = {
  caffe: caffePixels,
  tf: signedPixels,
  torch: imageNetPixels,
} satisfies Record<string, KnownPreprocessing>;

/** Names that Keras gives to the models of its applications. */
const applications: readonly [RegExp, keyof typeof modes][] = [
  [/^(resnet(50|101|152)|vgg1[69])$/i, 'caffe'],
  [/^resnet(50|101|152)v2$/i, 'tf'],
  [/^(mobilenet(v2)?_\d|inception_|xception$|nasnet)/i, 'tf'],
  [/^densenet(121|169|201)$/i, 'torch'],
];

/** Layers that an image passes before one that rescales it. */
const passed = ['InputLayer', 'ZeroPadding2D', 'Rescaling', 'Normalization'];

/** @param notes gets how it is known */
export function preprocessingOf(topology: Topology, notes: Set<string>): KnownPreprocessing {
  const size = topology.side === null ? {} : { size: topology.side };
  if (rescalesItself(topology)) {
    return { ...size, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' };
  }
  for (const name of topology.modelNames) {
    const [, mode] = applications.find(([pattern]) => pattern.test(name)) ?? [];
    if (mode !== undefined) {
      notes.add(`The preprocessing is that of keras.applications for a model named ${name}`);
      return { ...size, ...modes[mode] };
    }
  }
  return size;
}

/** Whether the network takes pixels as they are and rescales them in its first layers. */
function rescalesItself({ nodes }: Topology): boolean {
  let layer = nodes[0];
  while (layer !== undefined && passed.includes(layer.className)) {
    if (['Rescaling', 'Normalization'].includes(layer.className)) {
      return true;
    }
    const before = layer;
    layer = nodes.find(({ calls }) => calls[0]?.[0]?.node === before);
  }
  return false;
}
