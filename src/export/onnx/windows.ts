/** Layers whose window moves over an image: convolutions and pooling. */
import type { tf } from '../../tensorflow/index.js';
import { activated } from './activations.js';
import type { Converter } from './converter.js';
import type { Maker, Value } from './maker.js';

type Sides = [rows: number, columns: number];

interface Window {
  padding: 'same' | 'valid';
  strides: Sides;
  dilationRate?: Sides;
}

/** Strides, dilations and pads. TensorFlow's SAME puts an odd row of zeros last: https://www.tensorflow.org/api_docs/python/tf/nn#same_padding */
function attributesOf(window: Window, kernel: Sides, { shape }: Value) {
  const { padding, strides, dilationRate: dilations = [1, 1] } = window;
  const zeros = ([0, 1] as const).map((axis) => {
    const size = shape[axis + 1] as number;
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    const stride = strides[axis];
    const all = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    return padding === 'same' ? [Math.floor(all / 2), Math.ceil(all / 2)] : [0, 0];
  });
  const pads = [0, 1].flatMap((end) => zeros.map((both) => both[end] as number));
  return { strides: [...strides], kernel_shape: [...kernel], pads, dilations: [...dilations] };
}

interface Convolution extends Window {
  groups?: number;
  kernel: tf.LayerVariable;
  depthwiseKernel: tf.LayerVariable;
  pointwiseKernel: tf.LayerVariable;
  bias?: tf.LayerVariable | null;
}

const partsOf = (layer: tf.layers.Layer) => layer as unknown as Convolution;

const biasOf = ({ bias }: Convolution, maker: Maker): string[] =>
  bias ? [maker.weight(bias)] : [];

const sidesOf = (kernel: tf.LayerVariable): Sides => kernel.shape.slice(0, 2) as Sides;

/** The kernel [height, width, channels / groups, filters] becomes [filters, channels / groups, height, width]. */
const inOnnx = (kernel: tf.Tensor): tf.Tensor => kernel.transpose([3, 2, 0, 1]);

export const convolution: Converter = ({ layer, inputs: [image], output }, maker) => {
  const window = partsOf(layer);
  const { kernel, groups = 1 } = window;
  const inputs = [image.name, maker.weight(kernel, inOnnx), ...biasOf(window, maker)];
  const attributes = { ...attributesOf(window, sidesOf(kernel), image), group: groups };
  const name = maker.add('Conv', inputs, attributes);
  return activated(layer, { name, shape: output }, maker);
};

/** The kernel [height, width, channels, multiplier] becomes [channels · multiplier, 1, height, width]. */
const onChannels = (window: Convolution, image: Value, maker: Maker, bias: string[]): string => {
  const { depthwiseKernel: kernel } = window;
  const [height, width, channels, multiplier] = kernel.shape as [number, number, number, number];
  const turned = (value: tf.Tensor) =>
    value.transpose([2, 3, 0, 1]).reshape([channels * multiplier, 1, height, width]);
  const inputs = [image.name, maker.weight(kernel, turned), ...bias];
  return maker.add('Conv', inputs, {
    ...attributesOf(window, [height, width], image),
    group: channels,
  });
};

export const depthwiseConvolution: Converter = ({ layer, inputs: [image], output }, maker) => {
  const window = partsOf(layer);
  const name = onChannels(window, image, maker, biasOf(window, maker));
  return activated(layer, { name, shape: output }, maker);
};

export const separableConvolution: Converter = ({ layer, inputs: [image], output }, maker) => {
  const window = partsOf(layer);
  const channels = onChannels(window, image, maker, []);
  const kernel = maker.weight(window.pointwiseKernel, inOnnx);
  const name = maker.add('Conv', [channels, kernel, ...biasOf(window, maker)]);
  return activated(layer, { name, shape: output }, maker);
};

/** A mean is over what lies on the image, as in TensorFlow. */
export const pooling =
  (operation: 'MaxPool' | 'AveragePool'): Converter =>
  ({ layer, inputs: [image] }, maker) => {
    const window = layer as unknown as Window & { poolSize: Sides };
    const { dilations: _, ...attributes } = attributesOf(window, window.poolSize, image);
    return maker.add(operation, [image.name], attributes);
  };

export const globalPooling =
  (operation: 'GlobalAveragePool' | 'GlobalMaxPool'): Converter =>
  ({ inputs: [image], output }, maker) => {
    const pooled = maker.add(operation, [image.name]);
    return output.length === 4 ? pooled : maker.add('Flatten', [pooled], { axis: 1 });
  };
