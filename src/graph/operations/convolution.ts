/** Conv: of images and of sequences, in groups of channels, dilated, with any padding. */
import { addBias, convolve, convolveDepthwise, type tf } from '../../tensorflow/index.js';
import { arranged, imageOf, kernelOrder, ofImage, unit } from '../axes.js';
import type { Operation } from '../node.js';
import type { DeviceValue } from '../values.js';
import { opPadding, padded, paddingsOf, windowOf, withPadding } from './window.js';

const kernelOf = (value: DeviceValue): tf.Tensor4D =>
  arranged(value, value.axes.length === 3 ? [unit, 2, 1, 0] : kernelOrder) as tf.Tensor4D;

export const Conv: Operation = (node) => {
  const given = windowOf(node);
  const groups = node.number('group', 1);
  node.ignore('kernel_shape');
  const { strides, dilations } = given;
  const isPlain = strides[0] === strides[1] && dilations.every((dilation) => dilation === 1);
  return (call) => {
    const { value, window } = withPadding(call.device(0), given);
    const image = imageOf(value);
    const kernel = kernelOf(call.device(1));
    const [height, width, share, filters] = kernel.shape;
    const channels = image.shape[3];
    if (channels !== share * groups) {
      throw node.refuse(`${share * groups} channels`, 'input 0', channels);
    }
    const paddings = paddingsOf(window, [height, width], image);
    const input = padded(image, paddings, 0);
    const options = { strides, dilations, padding: opPadding(paddings) } as const;
    const isDepthwise = groups > 1 && share === 1 && isPlain;
    const output = isDepthwise
      ? convolveDepthwise(input, kernel.reshape([height, width, groups, filters / groups]), options)
      : convolve(input, kernel, options);
    const bias = call.optional(2)?.tensor as tf.Tensor1D | undefined;
    return ofImage(bias === undefined ? output : addBias(output, bias), value.axes.length);
  };
};
