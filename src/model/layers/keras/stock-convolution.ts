/** What Bobbin's convolutions use of tfjs-layers' own, which they extend; tfjs keeps those classes private. */
import { addBias, type tf } from '../../../tensorflow/index.js';

export interface StockConvolution extends tf.layers.Layer {
  padding: 'same' | 'valid';
  strides: [number, number];
  dilationRate: [number, number];
  bias: tf.LayerVariable | null;
  activation: { apply(x: tf.Tensor): tf.Tensor };
}

/** The layer's output of what its kernel gave: with the bias, if there is one, and the activation. */
export function completed(
  { bias, activation }: StockConvolution,
  convolved: tf.Tensor4D,
): tf.Tensor {
  const offset = bias?.read() as tf.Tensor1D | undefined;
  return activation.apply(offset ? addBias(convolved, offset) : convolved);
}
