/** How the layers of a class become nodes of ONNX. */
import type { tf } from '../../tensorflow/index.js';
import type { Maker, Value } from './maker.js';

/** A call of a layer. */
export interface LayerCall {
  layer: tf.layers.Layer;
  inputs: [Value, ...Value[]];
  /** The shape of the result as layers have it. */
  output: readonly (number | null)[];
}

/** Adds what computes a layer in inference, and gives the name of the result. */
export type Converter = (call: LayerCall, maker: Maker) => string;
