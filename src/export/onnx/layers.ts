/** What each class of layers becomes in ONNX: a new class is a line in this list. */
import { GraphLayer } from '../../graph/index.js';
import type { tf } from '../../tensorflow/index.js';
import { activated } from './activations.js';
import type { Converter, LayerCall } from './converter.js';
import { graphNodes } from './graph-nodes.js';
import { type Maker, refused } from './maker.js';
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  layerScale,
  normalization,
  parametricRelu,
  rescaling,
  softmax,
} from './normalizations.js';
import {
  average,
  concatenation,
  cropping,
  dense,
  joined,
  permute,
  reshape,
  upSampling,
  zeroPadding,
} from './shapes.js';
import {
  convolution,
  depthwiseConvolution,
  globalPooling,
  pooling,
  separableConvolution,
} from './windows.js';

/** What only training computes. */
const passed: Converter = ({ inputs: [x] }) => x.name;

const activation: Converter = ({ layer, inputs: [x] }, maker) => activated(layer, x, maker);

/** The numbers of a layer's configuration. */
const numbersOf = (layer: tf.layers.Layer) => layer.getConfig() as Record<string, number | null>;

const relu: Converter = ({ layer, inputs: [{ name }] }, maker) => {
  const { maxValue } = numbersOf(layer);
  return maxValue === undefined || maxValue === null
    ? maker.add('Relu', [name])
    : maker.add('Clip', [name, maker.floats([0]), maker.floats([maxValue])]);
};

const leakyRelu: Converter = ({ layer, inputs: [{ name }] }, maker) =>
  maker.add('LeakyRelu', [name], { alpha: numbersOf(layer).alpha as number });

const elu: Converter = ({ layer, inputs: [{ name }] }, maker) => {
  const { alpha = 1 } = numbersOf(layer);
  if (alpha !== 1) {
    throw refused(layer, '1, the alpha of Bobbin’s and ONNX’s Elu,', alpha);
  }
  return maker.add('Elu', [name]);
};

const thresholdedRelu: Converter = ({ layer, inputs: [{ name }] }, maker) => {
  const isAbove = maker.add('Greater', [name, maker.floats([numbersOf(layer).theta as number])]);
  return maker.add('Where', [isAbove, name, maker.floats([0])]);
};

/** By the names of their classes. */
const converters: Readonly<Record<string, Converter>> = {
  Activation: activation,
  Add: joined('Add'),
  AlphaDropout: passed,
  Average: average,
  AveragePooling2D: pooling('AveragePool'),
  BatchNormalization: batchNormalization,
  Concatenate: concatenation,
  Conv2D: convolution,
  Cropping2D: cropping,
  Dense: dense,
  DepthwiseConv2D: depthwiseConvolution,
  Dropout: passed,
  ELU: elu,
  Flatten: reshape,
  GaussianDropout: passed,
  GaussianNoise: passed,
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization,
  LayerScale: layerScale,
  LeakyReLU: leakyRelu,
  Maximum: joined('Max'),
  MaxPooling2D: pooling('MaxPool'),
  Minimum: joined('Min'),
  Multiply: joined('Mul'),
  Normalization: normalization,
  PReLU: parametricRelu,
  Permute: permute,
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  SeparableConv2D: separableConvolution,
  Softmax: softmax,
  Subtract: joined('Sub'),
  ThresholdedReLU: thresholdedRelu,
  UpSampling2D: upSampling,
  ZeroPadding2D: zeroPadding,
};

/**
 * Adds the nodes of a layer, and gives its results.
 *
 * @throws InvalidInputError for a class or a setting that the file cannot have, by its name
 */
export function layerNodes(call: LayerCall, maker: Maker): string[] {
  const { layer } = call;
  maker.begin(layer.name);
  if (layer instanceof GraphLayer) {
    return graphNodes(layer, call.inputs[0], maker);
  }
  const kind = layer.getClassName();
  if (!Object.hasOwn(converters, kind)) {
    throw refused(layer, `one of the classes ${Object.keys(converters).join(', ')}`, kind);
  }
  return [(converters[kind] as Converter)(call, maker)];
}
