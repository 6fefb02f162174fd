/**
 * Convolutions that tfjs refuses, forwards or backwards: of groups of channels, and dilated ones. They are TensorFlow's own
 * ops, with padding SAME or VALID: its explicit padding is slower and lacks these gradients on a CPU.
 */
import * as tf from '@tensorflow/tfjs';
import { type Attribute, executeOp } from '../ops.js';
import { register } from './registry.js';

/** How a convolution moves over an image. */
export interface Convolution {
  /** Of rows and columns. */
  strides: readonly [number, number];
  dilations: readonly [number, number];
  /** https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2 */
  padding: 'SAME' | 'VALID';
}

type Inputs = Record<string, tf.Tensor>;

const int32 = (values: number[]) => tf.tensor1d(values, 'int32');

function attributesOf({ strides, dilations, padding }: Convolution): Record<string, Attribute> {
  return {
    T: { type: 'dtype', value: 'float32' },
    strides: { type: 'int', value: [1, ...strides, 1] },
    dilations: { type: 'int', value: [1, ...dilations, 1] },
    padding: { type: 'string', value: padding },
    data_format: { type: 'string', value: 'NHWC' },
  };
}

const run = (name: string, inputs: tf.Tensor[], options: Convolution): tf.Tensor =>
  tf.tidy(() => executeOp({ name, inputs, attributes: attributesOf(options) })[0] as tf.Tensor);

/** The gradients of TensorFlow's op `op`, given that of its result. */
const gradientsOf = (op: string, dy: tf.Tensor, { x, filter }: Inputs, options: Convolution) => {
  const [image, kernel] = [x, filter] as [tf.Tensor, tf.Tensor];
  return {
    x: () => run(`${op}BackpropInput`, [int32(image.shape), kernel, dy], options),
    filter: () => run(`${op}BackpropFilter`, [image, int32(kernel.shape), dy], options),
  };
};

/** Registers TensorFlow's op `op` with its gradients as a kernel of tfjs. */
function differentiable(op: string): (inputs: Inputs, options: Convolution) => tf.Tensor4D {
  const kernelName = `Bobbin${op}`;
  register(kernelName, ({ x, filter }, options) =>
    run(op, [x, filter] as tf.Tensor[], options as Convolution),
  );
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attributes) =>
      gradientsOf(
        op,
        dy as tf.Tensor,
        { x: x as tf.Tensor, filter: filter as tf.Tensor },
        attributes as unknown as Convolution,
      ),
  });
  return (inputs, options) =>
    tf.engine().runKernel(kernelName, inputs, options as never) as tf.Tensor4D;
}

const dense = differentiable('Conv2D');
const depthwise = differentiable('DepthwiseConv2dNative');

/** The gradients of {@link convolve}, given that of its result. */
export const convolveGradients = (
  dy: tf.Tensor,
  inputs: { x: tf.Tensor; filter: tf.Tensor },
  options: Convolution,
) => gradientsOf('Conv2D', dy, inputs, options);

/**
 * Convolves an image, [batch, height, width, channels], with a kernel, [height, width, channels / groups, filters]: so the
 * kernel's shape gives the number of groups. On a CPU, groups need oneDNN, which Bobbin turns on. Needs the 'tensorflow' backend.
 */
export const convolve = (
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  options: Convolution,
): tf.Tensor4D => dense({ x: image, filter: kernel }, options);

/**
 * Convolves each channel by itself, with a kernel [height, width, channels, multiplier]. TensorFlow takes equal strides alone,
 * and no dilation. Needs the 'tensorflow' backend.
 */
export const convolveDepthwise = (
  image: tf.Tensor4D,
  kernel: tf.Tensor4D,
  options: Convolution,
): tf.Tensor4D => depthwise({ x: image, filter: kernel }, options);

register('BiasAdd', ({ x, bias }) => {
  return executeOp({ name: 'BiasAdd', inputs: [x, bias] as tf.Tensor[] })[0] as tf.Tensor;
});
tf.registerGradient({
  kernelName: 'BiasAdd',
  gradFunc: (dy) => ({
    x: () => dy as tf.Tensor,
    bias: () => executeOp({ name: 'BiasAddGrad', inputs: [dy as tf.Tensor] })[0] as tf.Tensor,
  }),
});

/**
 * Adds a number for each channel, the last axis, as TensorFlow's op of its own: its graph optimizer fuses that one with the
 * convolution before it. Needs the 'tensorflow' backend.
 */
export const addBias = <T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T =>
  tf.engine().runKernel('BiasAdd', { x, bias } as never) as T;
