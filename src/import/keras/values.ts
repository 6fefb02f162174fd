/** Values in the configurations of Keras's layers that tfjs writes otherwise: activations, initial values, types. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { nearest } from '../../near-miss.js';

/** Keras's names of activations and tfjs's; `hard_sigmoid` is another function since Keras 3. */
const activations: Record<string, string> = {
  elu: 'elu',
  exponential: 'exponential',
  gelu: 'gelu',
  hard_silu: 'hard_silu',
  hard_swish: 'hard_silu',
  leaky_relu: 'leaky_relu',
  linear: 'linear',
  keras3_hard_sigmoid: 'keras3_hard_sigmoid',
  log_sigmoid: 'log_sigmoid',
  log_softmax: 'log_softmax',
  mish: 'mish',
  relu: 'relu',
  relu6: 'relu6',
  selu: 'selu',
  sigmoid: 'sigmoid',
  silu: 'swish',
  softmax: 'softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  swish: 'swish',
  tanh: 'tanh',
};

/**
 * The name that tfjs, or a class of Bobbin's, has for an activation.
 *
 * @param value a name, or a serialised function of Keras's own
 * @param kerasVersion the first number of Keras's version
 * @throws InvalidInputError for others
 */
export function activationOf(value: unknown, kerasVersion: number, where: string): string {
  const name =
    isObject(value) && value.class_name === 'function' ? value.config : (value ?? 'linear');
  if (name === 'hard_sigmoid') {
    return kerasVersion >= 3 ? 'keras3_hard_sigmoid' : 'hard_sigmoid';
  }
  const known = typeof name === 'string' && Object.hasOwn(activations, name);
  if (!known) {
    const meant = typeof name === 'string' ? nearest(name, Object.keys(activations)) : undefined;
    const remedy = meant === undefined ? '' : `The nearest that Bobbin has is ${meant}`;
    throw expected('an activation that Bobbin has', where, value, remedy);
  }
  return activations[name] as string;
}

const initializers = new Set([
  'Constant',
  'GlorotNormal',
  'GlorotUniform',
  'HeNormal',
  'HeUniform',
  'Identity',
  'Ones',
  'Orthogonal',
  'RandomNormal',
  'RandomUniform',
  'TruncatedNormal',
  'VarianceScaling',
  'Zeros',
]);

/** tfjs's configuration of an initializer; undefined, which is the layer's own, for those that tfjs lacks: weights replace it. */
export function initializerOf(value: unknown): object | undefined {
  if (!isObject(value) || typeof value.class_name !== 'string' || !isObject(value.config)) {
    return undefined;
  }
  const { class_name } = value;
  const { input_axes, output_axes, dtype, ...config } = value.config;
  return initializers.has(class_name) ? { class_name, config } : undefined;
}

/** What TensorFlow computes in float32 all the same. */
const floatTypes = ['float32', 'float64', 'float16', 'bfloat16', 'mixed_float16', 'mixed_bfloat16'];

/**
 * @returns whether the layer computed in another type than float32
 * @throws InvalidInputError for types that are not floating-point ones, such as quantised ones
 */
export function hasOtherType(value: unknown, where: string): boolean {
  const policy = isObject(value) && isObject(value.config) ? value.config.name : value;
  const name = policy ?? 'float32';
  if (!floatTypes.includes(name as string)) {
    throw expected('a floating-point type', `dtype of ${where}`, value);
  }
  return name !== 'float32';
}

/** Without the members that are null, which tfjs takes for values. */
export const withoutNull = (config: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
