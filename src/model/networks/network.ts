/** The definition of a network: what its file exports, and the list in index.ts holds. */
import type { Preprocessing } from '../../pipeline/index.js';
import type { tf } from '../../tensorflow/index.js';
import type { Naming } from '../weights/namings.js';

/** Input and pooled features, [batch, channels], of one network. */
export interface Backbone {
  input: tf.SymbolicTensor;
  features: tf.SymbolicTensor;
}

export interface Network {
  /** Side of the input in pixels that the published weights were trained at. */
  size: number;
  /** Share of the pooled features that is dropped in training before the head. */
  dropout: number;
  /** The preprocessing that the published weights ask for, for an input of `size` × `size` pixels. */
  preprocessing(size: number): Preprocessing;
  /**
   * The network up to its pooled features, randomly initialised. Layers have Keras's names where Keras
   * has the network, so that files in tfjs's or Keras's names need no mapping.
   *
   * @param size side of the square input in pixels, a multiple of 32
   * @param seed of the initial kernels, an integer from 1
   */
  build(size: number, seed: number): Backbone;
  /** How published files name the weights, if not as tfjs names them after the layers. */
  namings?: readonly Naming[];
  /** ImageNet weights that set-up fetches. */
  published?: PublishedWeights;
}

/** A weights file in the cache, of any format that Bobbin reads. */
export interface PublishedWeights {
  /** Absolute path. */
  file: string;
  sha256: string;
}

/** The record for a fixed crop that keeps 224 of 256 pixels, as in the originals of most networks. */
export const imageNetCrop = (
  size: number,
  pixels: Pick<Preprocessing, 'mean' | 'std' | 'channels'>,
): Preprocessing => ({ resize: Math.round((size * 256) / 224), crop: size, ...pixels });

/** Keras's pixels for networks of its `tf` mode: −1…1. */
export const signedPixels: Pick<Preprocessing, 'mean' | 'std' | 'channels'> = {
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
  channels: 'rgb',
};
