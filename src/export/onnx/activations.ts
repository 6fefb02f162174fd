/** Activations of tfjs-layers, Keras and Bobbin in ONNX's operations. */
import type { tf } from '../../tensorflow/index.js';
import { type Maker, refused, type Value } from './maker.js';

/** Gives the name of the result of an activation. */
type Activate = (x: string, maker: Maker) => string;

const plain =
  (operation: string, attributes: Record<string, number | string> = {}): Activate =>
  (x, maker) =>
    maker.add(operation, [x], attributes);

/** λ and α of https://arxiv.org/abs/1706.02515. */
const [seluScale, seluAlpha] = [1.0507009873554805, 1.6732632423543772];

const selu: Activate = (x, maker) => {
  const below = maker.add('Elu', [maker.add('Min', [x, maker.floats([0])])]);
  const scaled = maker.add('Mul', [below, maker.floats([seluAlpha])]);
  const sum = maker.add('Add', [maker.add('Relu', [x]), scaled]);
  return maker.add('Mul', [sum, maker.floats([seluScale])]);
};

/** By the class names that tfjs registers. */
const activations: Readonly<Record<string, Activate>> = {
  elu: plain('Elu'),
  exponential: plain('Exp'),
  gelu: plain('Gelu'),
  gelu_new: plain('Gelu', { approximate: 'tanh' }),
  hardSigmoid: plain('HardSigmoid'),
  hardSilu: plain('HardSwish'),
  keras3HardSigmoid: plain('HardSigmoid', { alpha: 1 / 6 }),
  leakyRelu: plain('LeakyRelu', { alpha: 0.2 }),
  linear: (x) => x,
  logSigmoid: (x, maker) => maker.add('Neg', [maker.add('Softplus', [maker.add('Neg', [x])])]),
  mish: plain('Mish'),
  relu: plain('Relu'),
  relu6: (x, maker) => maker.add('Clip', [x, maker.floats([0]), maker.floats([6])]),
  selu,
  sigmoid: plain('Sigmoid'),
  softplus: plain('Softplus'),
  softsign: (x, maker) => {
    const below = maker.add('Add', [maker.add('Abs', [x]), maker.floats([1])]);
    return maker.add('Div', [x, below]);
  },
  swish: (x, maker) => maker.add('Mul', [x, maker.add('Sigmoid', [x])]),
  tanh: plain('Tanh'),
};

/** Activations over the last axis, the channels. */
const overChannels: Readonly<Record<string, string>> = {
  softmax: 'Softmax',
  logSoftmax: 'LogSoftmax',
};

/** The result of the activation that a layer ends with. */
export function activated(layer: tf.layers.Layer, { name, shape }: Value, maker: Maker): string {
  const { activation } = layer as unknown as { activation: tf.serialization.Serializable | null };
  const kind = activation?.getClassName() ?? 'linear';
  const operation = overChannels[kind];
  if (operation !== undefined) {
    return maker.add(operation, [name], { axis: shape.length === 4 ? 1 : -1 });
  }
  const activate = Object.hasOwn(activations, kind) ? activations[kind] : undefined;
  if (activate === undefined) {
    const known = [...Object.keys(activations), ...Object.keys(overChannels)].sort();
    throw refused(layer, `one of the activations ${known.join(', ')}`, kind);
  }
  return activate(name, maker);
}
