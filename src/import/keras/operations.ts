/** Operations in a Keras model, such as `x * 2 + y`: Keras 3 calls them by their class, Keras 2 by TensorFlow's function. */
import { expected } from '../../errors.js';
import type { Source } from './config.js';
import type { FlatCall, FlatLayer, Value } from './flatten.js';
import type { TopologyLayer } from './rules.js';
import { activationOf } from './values.js';

/** For two tensors a layer; for a tensor and a number a factor and an offset. */
interface Arithmetic {
  merge?: string;
  /** x and a number. */
  right: (number: number) => [scale: number, offset: number];
  /** A number and x; undefined where that is no factor and offset. */
  left?: (number: number) => [scale: number, offset: number];
}

const sum = (number: number): [number, number] => [1, number];
const product = (number: number): [number, number] => [number, 0];

const arithmetic: Readonly<Record<string, Arithmetic>> = {
  add: { merge: 'Add', right: sum, left: sum },
  subtract: { merge: 'Subtract', right: (number) => [1, -number], left: (number) => [-1, number] },
  multiply: { merge: 'Multiply', right: product, left: product },
  divide: { right: (number) => [1 / number, 0] },
};

/** Other names of the same: Keras's classes without capitals, Python's operators, TensorFlow's functions. */
const synonyms: Readonly<Record<string, string>> = {
  sub: 'subtract',
  mul: 'multiply',
  truediv: 'divide',
  truedivide: 'divide',
};

const functions = ['relu', 'relu6', 'sigmoid', 'silu', 'swish', 'tanh', 'softplus', 'exp'];

/**
 * The layer that computes an operation.
 *
 * @throws InvalidInputError for operations and operands that Bobbin has no layer for
 */
export function operationLayer(layer: FlatLayer, source: Source): TopologyLayer {
  const [call, ...more] = layer.calls;
  const where = `the operation ${layer.name} in ${source.file}`;
  if (call === undefined || more.length > 0) {
    throw expected('one call', where, layer.calls.length);
  }
  const called = String(layer.config.function ?? layer.className).toLowerCase();
  const word = called.slice(called.lastIndexOf('.') + 1);
  const name = synonyms[word] ?? word;
  const known = Object.hasOwn(arithmetic, name) ? arithmetic[name] : undefined;
  const computed = known ? arithmeticLayer(known, call) : functionLayer(name, call, source, where);
  if (computed === undefined || Object.keys(call.options).length > 0) {
    const received = `${layer.config.function ?? layer.className} of ${described(call)}`;
    const what = `sums, differences and products of tensors and numbers, or ${functions.join(', ')},`;
    throw expected(what, where, received);
  }
  return computed;
}

function arithmeticLayer(
  { merge, right, left }: Arithmetic,
  { inputs }: FlatCall,
): TopologyLayer | undefined {
  const [first, second] = inputs;
  const rescaled = ([scale, offset]: [number, number]) => ({
    className: 'Rescaling',
    config: { scale, offset },
  });
  if (inputs.length !== 2) {
    return undefined;
  }
  if (typeof second === 'number') {
    return typeof first === 'number' ? undefined : rescaled(right(second));
  }
  if (typeof first === 'number') {
    return left && rescaled(left(first));
  }
  return merge === undefined ? undefined : { className: merge, config: {} };
}

function functionLayer(
  name: string,
  { inputs }: FlatCall,
  source: Source,
  where: string,
): TopologyLayer | undefined {
  if (!functions.includes(name) || inputs.length !== 1) {
    return undefined;
  }
  const activation = activationOf(
    name === 'exp' ? 'exponential' : name,
    source.kerasVersion,
    where,
  );
  return { className: 'Activation', config: { activation } };
}

const described = ({ inputs, options }: FlatCall): string => {
  const words = inputs.map((input: Value | number) =>
    typeof input === 'number' ? `${input}` : input.layer.name,
  );
  return [...words, ...Object.keys(options)].join(', ');
};
