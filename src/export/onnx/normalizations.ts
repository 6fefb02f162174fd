/** Layers that normalise, scale and shift. */
import { tf } from '../../tensorflow/index.js';
import type { Converter } from './converter.js';
import { channelShape, type Maker, onnxAxis, refused, type Value } from './maker.js';

interface Affine {
  axis: number | number[];
  epsilon: number;
  gamma?: tf.LayerVariable;
  beta?: tf.LayerVariable;
  movingMean: tf.LayerVariable;
  movingVariance: tf.LayerVariable;
}

const partsOf = (layer: tf.layers.Layer) => layer as unknown as Affine;

const channelsOf = ({ shape }: Value): number => shape.at(-1) as number;

/** A weight, or where the layer has none the same number for each channel. */
const weightOr = (
  variable: tf.LayerVariable | undefined,
  { channels, number }: { channels: number; number: number },
  maker: Maker,
): string =>
  variable === undefined
    ? maker.floats(Array<number>(channels).fill(number), [channels])
    : maker.weight(variable);

/** The axis of a normalisation, which has to be the last one. */
function checkLastAxis(layer: tf.layers.Layer, axis: number | number[], { shape }: Value): void {
  const axes = [axis].flat().map((each) => (each < 0 ? each + shape.length : each));
  if (String(axes) !== String(shape.length - 1)) {
    throw refused(layer, 'the last axis', axes);
  }
}

export const batchNormalization: Converter = ({ layer, inputs: [x] }, maker) => {
  const { axis, epsilon, gamma, beta, movingMean, movingVariance } = partsOf(layer);
  checkLastAxis(layer, axis, x);
  if (x.shape.length === 3) {
    throw refused(layer, 'images or features', `a value of ${x.shape.length} axes`);
  }
  const channels = channelsOf(x);
  const inputs = [
    x.name,
    weightOr(gamma, { channels, number: 1 }, maker),
    weightOr(beta, { channels, number: 0 }, maker),
    maker.weight(movingMean),
    maker.weight(movingVariance),
  ];
  return maker.add('BatchNormalization', inputs, { epsilon });
};

export const layerNormalization: Converter = ({ layer, inputs: [x] }, maker) => {
  const { axis, epsilon, gamma, beta } = partsOf(layer);
  checkLastAxis(layer, axis, x);
  const channels = channelsOf(x);
  const scale = weightOr(gamma, { channels, number: 1 }, maker);
  const offset = weightOr(beta, { channels, number: 0 }, maker);
  const inputs = [maker.asLayersHave(x), scale, offset];
  const normal = maker.add('LayerNormalization', inputs, { axis: -1, epsilon });
  return maker.asOnnxHas(normal, x.shape.length);
};

/** Instance normalisation of an image with a channel for each group. */
export const groupNormalization: Converter = ({ layer, inputs: [x] }, maker) => {
  const { groups: given, epsilon } = layer.getConfig() as { groups: number; epsilon: number };
  const channels = channelsOf(x);
  const groups = given === -1 ? channels : given;
  const { gamma, beta } = partsOf(layer);
  const grouped = maker.add('Reshape', [x.name, maker.integers([0, groups, -1])]);
  const [ones, zeros] = [1, 0].map((number) =>
    maker.floats(Array<number>(groups).fill(number), [groups]),
  ) as [string, string];
  const normal = maker.add('InstanceNormalization', [grouped, ones, zeros], { epsilon });
  const [height, width] = x.shape.slice(1, 3) as [number, number];
  const sides = maker.integers([-1, channels, height, width]);
  const image = maker.add('Reshape', [normal, sides]);
  return affine(image, { gamma, beta }, { channels, rank: x.shape.length }, maker);
};

/** x · gamma + beta, as far as there are such weights. */
function affine(
  x: string,
  { gamma, beta }: Pick<Affine, 'gamma' | 'beta'>,
  { channels, rank }: { channels: number; rank: number },
  maker: Maker,
): string {
  const wide = (value: tf.Tensor) => value.reshape(channelShape(channels, rank));
  const scaled = gamma ? maker.add('Mul', [x, maker.weight(gamma, wide)]) : x;
  return beta ? maker.add('Add', [scaled, maker.weight(beta, wide)]) : scaled;
}

export const layerScale: Converter = ({ layer, inputs: [x] }, maker) =>
  affine(x.name, partsOf(layer), { channels: channelsOf(x), rank: x.shape.length }, maker);

/** Numbers for each channel, or one number, that broadcast. */
const numbersFor = (values: number | number[], { shape }: Value, maker: Maker): string => {
  const list = [values].flat();
  return maker.floats(list, list.length === 1 ? [] : channelShape(list.length, shape.length));
};

export const rescaling: Converter = ({ layer, inputs: [x] }, maker) => {
  const { scale, offset } = layer.getConfig() as { scale: number; offset: number };
  const scaled = maker.add('Mul', [x.name, numbersFor(scale, x, maker)]);
  return maker.add('Add', [scaled, numbersFor(offset, x, maker)]);
};

/** Keras's smallest deviation. */
const smallest = 1e-7;

export const normalization: Converter = ({ layer, inputs: [x] }, maker) => {
  const { axis, invert } = layer.getConfig() as { axis: number | number[]; invert: boolean };
  const [mean, variance] = ['mean', 'variance'].map((name) => statisticOf(layer, name)) as [
    number[],
    number[],
  ];
  if (mean.length > 1 || variance.length > 1) {
    checkLastAxis(layer, axis, x);
  }
  const deviation = variance.map((each) => Math.max(Math.sqrt(each), smallest));
  const [center, width] = [mean, deviation].map((each) => numbersFor(each, x, maker)) as [
    string,
    string,
  ];
  return invert
    ? maker.add('Add', [maker.add('Mul', [x.name, width]), center])
    : maker.add('Div', [maker.add('Sub', [x.name, center]), width]);
};

/** The numbers of the configuration, or else of the weight, of a name. */
function statisticOf(layer: tf.layers.Layer, name: string): number[] {
  const given = layer.getConfig()[name] as number | number[] | undefined;
  const weight = layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
  return [given ?? [...tf.tidy(() => (weight as tf.LayerVariable).read().dataSync())]].flat(3);
}

/** The slope below zero is a weight of the image's shape, with 1 for axes that share it. */
export const parametricRelu: Converter = ({ layer, inputs: [x] }, maker) => {
  const { alpha } = layer as unknown as { alpha: tf.LayerVariable };
  const turned = (value: tf.Tensor) => (value.rank === 3 ? value.transpose([2, 0, 1]) : value);
  return maker.add('PRelu', [x.name, maker.weight(alpha, turned)]);
};

export const softmax: Converter = ({ layer, inputs: [x] }, maker) => {
  const { axis } = layer.getConfig() as { axis: number };
  return maker.add('Softmax', [x.name], { axis: onnxAxis(axis, x.shape.length) });
};
